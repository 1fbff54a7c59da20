/** Vite gives the text of a style sheet. */
declare module '*.css?inline' {
  const text: string;
  export default text;
}

/** Vite builds the module as a separate script and gives its address; see client/script-urls.ts. */
declare module '*?worker&url' {
  const url: string;
  export default url;
}
