import { describe, expect, test } from 'vitest';
import { audioPipeline } from '../../../gst/audio-pipeline.ts';
import { quote } from '../../../gst/description.ts';
import { codecsOf, encoderByName, encoders, selectEncoder } from '../../../gst/encoders.ts';
import { frameRateCaps, nudgeFrameRate } from '../../../gst/frame-rate-caps.ts';
import type { AudioSettings, EncoderName, VideoSettings } from '../../../gst/settings.ts';
import type { VideoCodec } from '../../../gst/video-codec.ts';
import { videoPipeline } from '../../../gst/video-pipeline.ts';
import { sizeCaps } from '../../../gst/size-caps.ts';

const VIDEO: VideoSettings = {
  source: { type: 'x11', display: ':7' },
  frameRate: 60,
  encoder: 'x264enc',
  bitrateKbps: 8000,
};
const AUDIO: AudioSettings = {
  source: { type: 'pulse', device: 'oriel.monitor' },
  frameMs: 10,
  bitrateBps: 128_000,
};

describe('video pipelines', () => {
  test('an X display through x264 with the measured settings', () => {
    expect(videoPipeline(VIDEO)).toBe(
      'rtpbin name=rtp ntp-time-source=clock-time ' +
        'ximagesrc display-name=":7" use-damage=false show-pointer=false ' +
        '! capsfilter name=rate caps=video/x-raw,framerate=60/1 ! identity name=captured silent=false ! valve name=valve ' +
        '! videoscale add-borders=false ! capsfilter name=size caps=video/x-raw ! videoconvert ' +
        '! video/x-raw,format=I420 ' +
        '! queue leaky=downstream max-size-buffers=1 max-size-bytes=0 max-size-time=0 ' +
        '! x264enc name=encoder tune=zerolatency speed-preset=ultrafast bitrate=8000 ' +
        'key-int-max=100000 vbv-buf-capacity=50 aud=false ' +
        'option-string=me=umh:merange=32:scenecut=0 ' +
        '! video/x-h264,stream-format=byte-stream,alignment=au,profile=constrained-baseline ' +
        '! rtph264pay name=payloader aggregate-mode=zero-latency config-interval=-1 pt=96 ' +
        'mtu=65000 timestamp-offset=0 seqnum-offset=0 ' +
        '! application/x-rtp,extmap-1=(string)urn:ietf:params:rtp-hdrext:ntp-64 ' +
        '! rtp.send_rtp_sink_0 ' +
        'rtp.send_rtp_src_0 ! rtpstreampay ! fdsink fd=3 sync=false async=false',
    );
  });

  test('a size is a part of the full one, even, with square pixels', () => {
    expect(sizeCaps(1, { width: 1281, height: 721 })).toBe('video/x-raw');
    expect(sizeCaps(0.5, { width: 1366, height: 768 })).toBe(
      'video/x-raw,width=684,height=384,pixel-aspect-ratio=1/1',
    );
    expect(sizeCaps(0.25, { width: 40, height: 40 })).toBe(
      'video/x-raw,width=16,height=16,pixel-aspect-ratio=1/1',
    );
  });

  test('a test source differs from the display in its source element alone', () => {
    const source = { type: 'test', pattern: 'ball', width: 640, height: 360 } as const;
    const behind = (description: string) => description.slice(description.indexOf('! capsfilter'));
    const description = videoPipeline({ ...VIDEO, source });
    expect(description).toContain(
      'videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360 ! capsfilter',
    );
    expect(behind(description)).toBe(behind(videoPipeline(VIDEO)));
  });

  test('superfast gets the main profile and its preset, the pointer when asked', () => {
    const source = { type: 'x11', display: 'host:7.0', showPointer: true } as const;
    const description = videoPipeline({ ...VIDEO, source, speedPreset: 'superfast' });
    expect(description).toContain('speed-preset=superfast');
    expect(description).toContain('profile=main');
    expect(description).toContain('display-name="host:7.0" use-damage=false show-pointer=true');
  });

  test.each([
    ['display', { source: { type: 'x11', display: ':7 ! filesink location=/tmp/x' } }],
    ['display', { source: { type: 'x11', display: '' } }],
    ['pattern', { source: { type: 'test', pattern: 'none' as 'ball', width: 64, height: 64 } }],
    ['width', { source: { type: 'test', pattern: 'ball', width: 65, height: 64 } }],
    ['height', { source: { type: 'test', pattern: 'ball', width: 64, height: 8194 } }],
    ['frameRate', { frameRate: 0 }],
    ['frameRate', { frameRate: 59.94 }],
    ['bitrateKbps', { bitrateKbps: Number.NaN }],
    ['vbvBufferMs', { vbvBufferMs: 5 }],
    ['encoder', { encoder: 'xenc' as 'x264enc' }],
  ] satisfies [string, Partial<VideoSettings>][])('refuses a bad %s by name', (name, change) => {
    expect(() => videoPipeline({ ...VIDEO, ...change })).toThrow(new RegExp(`^${name}: `));
  });
});

describe('sound pipelines', () => {
  test('a PulseAudio monitor, off the pipeline clock', () => {
    const source = {
      type: 'pulse',
      device: 'oriel.monitor',
      server: 'unix:/run/o/native',
    } as const;
    expect(audioPipeline({ ...AUDIO, source })).toBe(
      'rtpbin name=rtp ntp-time-source=clock-time ' +
        'pulsesrc device="oriel.monitor" server="unix:/run/o/native" provide-clock=false ' +
        'slave-method=re-timestamp buffer-time=20000 latency-time=5000 ' +
        '! audio/x-raw,format=S16LE,rate=48000,channels=2 ! valve name=valve ' +
        '! opusenc name=encoder frame-size=10 audio-type=restricted-lowdelay bitrate=128000 ' +
        '! rtpopuspay name=payloader pt=97 timestamp-offset=0 seqnum-offset=0 ' +
        '! application/x-rtp,extmap-1=(string)urn:ietf:params:rtp-hdrext:ntp-64 ' +
        '! rtp.send_rtp_sink_0 ' +
        'rtp.send_rtp_src_0 ! rtpstreampay ! fdsink fd=3 sync=false async=false',
    );
  });

  test.each([
    ['frameMs', { frameMs: 7 as 5 }],
    ['bitrateBps', { bitrateBps: 0 }],
    ['frequencyHz', { source: { type: 'test', frequencyHz: 1 } }],
    ['property value', { source: { type: 'pulse', device: 'a\nb' } }],
  ] satisfies [string, Partial<AudioSettings>][])('refuses a bad %s by name', (name, change) => {
    expect(() => audioPipeline({ ...AUDIO, ...change })).toThrow(new RegExp(`^${name}: `));
  });
});

describe('descriptions', () => {
  test('quotes a value so that it stays one value', () => {
    expect(quote('a" ! fakesink \\ "')).toBe('"a\\" ! fakesink \\\\ \\""');
  });
});

describe('encoders', () => {
  const all = encoders.map(({ name }) => name);
  const auto = (codec: VideoCodec, available: readonly EncoderName[]) =>
    selectEncoder({ codec, wanted: 'auto' }, available);

  test('auto takes the first of its codec in the table that exists', () => {
    expect(auto('h264', ['nvh264enc', 'openh264enc'])).toBe('openh264enc');
    expect(auto('h264', all)).toBe('x264enc');
    expect(auto('hevc', ['x265enc', 'vah265enc'])).toBe('vah265enc');
    expect(auto('av1', ['x264enc', 'vp9enc'])).toBeUndefined();
  });

  test('a named one is taken, if it is there and makes that codec', () => {
    const wanted = 'nvh264enc';
    expect(selectEncoder({ codec: 'h264', wanted }, ['x264enc', wanted])).toBe(wanted);
    expect(selectEncoder({ codec: 'h264', wanted }, ['x264enc'])).toBeUndefined();
    expect(selectEncoder({ codec: 'vp9', wanted }, all)).toBeUndefined();
  });

  test('what is there says which codecs can be had', () => {
    expect(codecsOf(['x264enc', 'openh264enc', 'vp8enc', 'vp8enc-l1t2'])).toEqual([
      'h264',
      'vp8',
      'vp8-svc',
    ]);
  });

  test('every encoder writes its bitrate in its own property and unit', () => {
    for (const { name } of encoders) {
      const { bitrateUnit, bitrateProperty, element } = encoderByName(name);
      const expected = bitrateUnit === 'bps' ? 8_000_000 : 8000;
      expect(videoPipeline({ ...VIDEO, encoder: name })).toMatch(
        new RegExp(`${element} name=encoder .*\\b${bitrateProperty}=${expected}\\b`),
      );
    }
  });
});

describe('frame rate caps', () => {
  test('a nudge changes the rate by a hair, the next one takes it back', () => {
    const nudged = nudgeFrameRate('video/x-raw, framerate=(fraction)60/1');
    expect(nudged).toBe('video/x-raw,framerate=60001/1000');
    expect(nudgeFrameRate('video/x-raw, framerate=(fraction)60001/1000')).toBe(frameRateCaps(60));
    expect(nudgeFrameRate('ANY')).toBeUndefined();
  });
});
