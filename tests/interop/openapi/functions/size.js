// The length of a document without its whitespace.

export default (document, { max }) => {
  const { length } = JSON.stringify(document);
  return length > max ? [{ message: `${length} characters, more than ${max}` }] : [];
};
