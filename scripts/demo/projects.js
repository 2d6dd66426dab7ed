/** Three projects with the work that is done in them; every text is made up. */
export const PROJECTS = {
  shop: {
    cwd: "/home/dev/shop-api",
    branch: "main",
    test: "npm test",
    passed: (count) =>
      ` Test Files  ${Math.ceil(count / 9)} passed (${Math.ceil(count / 9)})\n      Tests  ${count} passed (${count})`,
    failed: (what) =>
      `Exit code 1\n FAIL  test/${what}.test.ts\n AssertionError: expected 1990 to be 1791\n      Tests  1 failed | 41 passed (42)`,
    code: (name, index) => [
      `export function ${name}(cart: Cart): number {\n  return cart.total;\n}`,
      `export function ${name}(cart: Cart, step = ${index}): number {\n  return roundCents(cart.total - rebate(cart, step));\n}`,
    ],
    work: [
      ["coupon codes", "src/cart/coupons.ts", "applyCoupon"],
      ["shipping rates per country", "src/shipping/rates.ts", "shippingRate"],
      ["stock reservations", "src/stock/reserve.ts", "reserveStock"],
      ["order cancellation", "src/orders/cancel.ts", "cancelOrder"],
      ["partial refunds", "src/payments/refund.ts", "refundAmount"],
      ["gift cards", "src/cart/gift-cards.ts", "giftCardValue"],
      ["tax rounding", "src/tax/rounding.ts", "roundTax"],
      ["address validation", "src/customers/address.ts", "checkAddress"],
      ["the order export", "src/orders/export.ts", "exportOrders"],
      ["webhook signatures", "src/webhooks/verify.ts", "verifySignature"],
      ["price lists per customer group", "src/prices/groups.ts", "groupPrice"],
      ["low stock alerts", "src/stock/alerts.ts", "stockAlert"],
    ],
  },
  ledger: {
    cwd: "/home/dev/ledger",
    branch: "main",
    test: "pytest -q",
    passed: (count) => `${".".repeat(Math.min(40, count))}\n${count} passed in 2.31s`,
    failed: (what) =>
      `Exit code 1\nF.......\nFAILED tests/test_${what}.py::test_balance - AssertionError\n1 failed, 63 passed in 2.87s`,
    code: (name, index) => [
      `def ${name}(entries):\n    return sum(e.amount for e in entries)`,
      `def ${name}(entries, since=${index}):\n    return sum(e.amount for e in entries if e.period >= since)`,
    ],
    work: [
      ["monthly balances", "ledger/balance.py", "monthly_balance"],
      ["currency conversion", "ledger/currency.py", "convert"],
      ["bank statement import", "ledger/imports/bank.py", "import_statement"],
      ["duplicate detection", "ledger/imports/duplicates.py", "find_duplicates"],
      ["recurring entries", "ledger/recurring.py", "next_occurrence"],
      ["year-end closing", "ledger/closing.py", "close_year"],
      ["the VAT report", "ledger/reports/vat.py", "vat_report"],
      ["account hierarchies", "ledger/accounts.py", "children_of"],
      ["budget warnings", "ledger/budget.py", "budget_warning"],
    ],
  },
  landing: {
    cwd: "/home/dev/landing",
    branch: "redesign",
    test: "npm run lint",
    passed: () => "> landing@1.4.0 lint\n> eslint .\n\n✔ no problems",
    failed: () =>
      "Exit code 1\n> eslint .\n\n/home/dev/landing/src/hero.jsx\n  12:7  error  'title' is assigned a value but never used\n\n✖ 1 problem (1 error, 0 warnings)",
    code: (name, index) => [
      `export const ${name} = () => <section className="plain" />;`,
      `export const ${name} = () => <section className="band band-${index}" />;`,
    ],
    work: [
      ["the pricing table", "src/pricing.jsx", "Pricing"],
      ["the hero section", "src/hero.jsx", "Hero"],
      ["the newsletter form", "src/newsletter.jsx", "Newsletter"],
      ["dark mode colors", "src/theme.js", "Theme"],
      ["the testimonials", "src/testimonials.jsx", "Testimonials"],
    ],
  },
};

/** What agents are asked to do, and how they report. */
export const AGENTS = {
  Explore: {
    ask: (what, file) =>
      `Find everything that takes part in ${what}. Start at ${file}; name the files and functions and how they call each other. Change nothing.`,
    report: (what, file) =>
      `${what}: the entry point is ${file}; two callers, one of them in the HTTP layer. The tests cover the normal case and the empty one.`,
  },
  "code-reviewer": {
    ask: (what, file, turn) =>
      [
        `Review the change to ${what} in ${file}. Look for mistakes, missing cases and risks; report each with its line.`,
        `Second pair of eyes on ${file}: does ${what} still do what its callers expect, also at the edges?`,
        `Go through the diff of ${file} with a skeptic's mind. Anything in ${what} that could break in production?`,
      ][turn % 3],
    report: (what) =>
      `Reviewed ${what}: no blocking problem. One remark: the boundary value deserves a test of its own.`,
  },
  "test-writer": {
    ask: (what, file) =>
      `Write tests for ${what} (${file}): the normal case, the empty one and the boundaries. Run them.`,
    report: (what) => `Four tests for ${what}, all green: normal case, empty input, both boundaries.`,
  },
};
