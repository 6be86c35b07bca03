// The names of an operation's parameters and of the properties of its body, each of which may be there once.

export default (operation) => {
  const names = (operation.parameters ?? []).map((parameter) => parameter.name);
  for (const { schema } of Object.values(operation.requestBody?.content ?? {})) {
    names.push(...Object.keys(schema?.properties ?? {}));
  }
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return twice.map((name) => ({ message: `"${name}" is there twice` }));
};
