// Runs recipes for npm @sendgrid/client, each as it is printed, but for the host: JSON in, and what each answered out.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const folder = process.argv[2]; // It has the node_modules.
const load = async (name, code) => {
  writeFileSync(`${folder}/${name}.mjs`, code);
  return import(pathToFileURL(`${folder}/${name}.mjs`));
};
const { client } = await load("client", 'import client from "@sendgrid/client"; export { client };');
const setApiKey = client.setApiKey.bind(client);
const told = [];
for (const [number, recipe] of JSON.parse(readFileSync(0, "utf8")).entries()) {
  process.env.SENDGRID_API_KEY = recipe.key;
  client.setApiKey = (key) => {
    setApiKey(key); // It sets the host as well.
    client.setDefaultRequest("baseUrl", recipe.url);
  };
  const kept = recipe.code.includes("const answer =") ? "\nexport { answer };" : "";
  try {
    told.push({ answer: (await load(number, recipe.code + kept)).answer ?? null });
  } catch (error) {
    told.push({ error: `${error.message}: ${JSON.stringify(error.response?.body)}` });
  }
}
console.log(JSON.stringify(told));
