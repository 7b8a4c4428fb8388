/** The app of this repository: what `npm start` runs and `npm run package` deploys. */
import { createCatalog } from "./catalog/catalog";
import { readConfig } from "./config/read-config";
import { createAos } from "./index";

createAos(createCatalog(readConfig())).register();
