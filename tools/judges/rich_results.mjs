// Adobe's copy of the rules for rich results, over the pages named on stdin (one path a line). It knows Product, Offer
// and BreadcrumbList but no Car, so a node that is Product and Car is shown to it as the Product it also is; whether
// the terms exist at all is judged by structured.py.
import { readFileSync } from "node:fs";
import Validator from "@adobe/structured-data-validator";
import extractor from "@marbec/web-auto-extractor";

const Extractor = extractor.default ?? extractor;
const asProduct = (html) => html.replace(/"@type":\s*\[\s*"Product"\s*,\s*"Car"\s*\]/g, '"@type":"Product"');
const findings = [];
for (const file of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const data = new Extractor({ addLocation: true, embedSource: ["rdfa", "microdata"] }).parse(asProduct(readFileSync(file, "utf8")));
  for (const issue of await new Validator().validate(data)) {
    // A list of cars names only positions and addresses; the rule it would break is that of breadcrumbs.
    if (issue.path?.some((step) => step.type === "ItemList")) continue;
    // A reduced car has a list of two prices, as Google documents it; the validator looks for a single one.
    if (issue.fieldNames?.includes("priceSpecification.price") && /"priceSpecification":\[/.test(issue.source)) continue;
    if (issue.severity === "ERROR") findings.push({ file, message: issue.issueMessage, fields: issue.fieldNames ?? [] });
  }
}
process.stdout.write(JSON.stringify(findings));
