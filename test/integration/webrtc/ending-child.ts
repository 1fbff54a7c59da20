/** A process of the WebRTC library that cannot begin. */
process.stderr.write('the library does not load\n');
process.exit(1);
