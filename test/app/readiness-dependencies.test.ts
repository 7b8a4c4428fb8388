import { azureRoles } from "../../src/app/readiness-dependencies";
import { assignableRoles } from "../bicep/checklist/roles";

test.each(Object.entries(azureRoles))(
  "the role for %s has the name of a role that the Bicep templates assign",
  (_, role) => {
    const named = [...assignableRoles.values()].filter((each) =>
      role.includes(each),
    );
    expect(named.join(" and ")).not.toBe("");
    // The text consists of role names and conjunctions only.
    const rest = named.reduce((text, each) => text.replace(each, ""), role);
    expect(rest).toMatch(/^( and |, or with a scheduler )*$/);
  },
);
