import { describe, expect, it } from "vitest";
import { createStyle } from "../../src/render/style.ts";
import { renderTable, type Table, visibleWidth } from "../../src/render/table.ts";
import { wrapWide } from "../../src/render/wrap.ts";

const TABLE: Table = {
  columns: [
    { title: "Project", shrink: true },
    { title: "Branch", drop: 1 },
    { title: "Note" },
    { title: "Cost", align: "right" },
  ],
  rows: [
    ["/home/dev/a-rather-long-name", "main", "some words that take room", "$1,234.56"],
    ["/home/dev/b", "feature/x", "", "$0.10"],
  ],
  total: ["Total", "", "", "$1,234.66"],
};

const draw = (width: number, color = false): string[] =>
  renderTable(TABLE, { width, style: createStyle(color) })
    .trimEnd()
    .split("\n");

describe("a table", () => {
  it("is as wide as it wants to be in a pipe, and sets numbers right", () => {
    expect(draw(0)).toEqual([
      "Project                       Branch     Note                            Cost",
      "─────────────────────────────────────────────────────────────────────────────",
      "/home/dev/a-rather-long-name  main       some words that take room  $1,234.56",
      "/home/dev/b                   feature/x                                 $0.10",
      "─────────────────────────────────────────────────────────────────────────────",
      "Total                                                               $1,234.66",
    ]);
  });

  it("lets the columns that --compact keeps go last, and only if shortening does not help", () => {
    const table = {
      columns: [
        { title: "Tier" },
        { title: "Tasks", align: "right", narrow: 1 },
        { title: "Rate", align: "right", narrow: 2 },
        { title: "Verdict" },
      ],
      rows: [["sonnet", "163", "1.2%", "too few to say"]],
    } as const;
    const titles = (width: number) => renderTable(table, { width, style: createStyle(false) }).split("\n")[0];
    expect(titles(33)).toBe("Tier    Tasks  Rate  Verdict");
    expect(titles(28)).toBe("Tier    Tasks  Verdict");
    expect(titles(20)).toBe("Tier    Verdict");
  });

  it("gives a column the width that it asks for before others go, and what they leave", () => {
    const table = {
      columns: [
        { title: "Task", shrink: true, least: 10 },
        { title: "Model", drop: 1 },
      ],
      rows: [["a title of thirty characters …", "Opus 5.5"]],
    };
    const first = (width: number) => renderTable(table, { width, style: createStyle(false) }).split("\n")[2];
    expect(first(60)).toBe("a title of thirty characters …  Opus 5.5");
    expect(first(24)).toBe("a title of th…  Opus 5.5");
    expect(first(19)).toBe("a title of thirty …");
  });

  it("has no spaces where a line is broken", () =>
    expect(wrapWide("2026-11-01 09:00 to 10:00  $1.20", 27)).toBe("2026-11-01 09:00 to 10:00\n$1.20"));

  it("leaves out an optional column without anything in it, and does not name it", () => {
    const columns = [{ title: "Task" }, { title: "Effort", optional: true }];
    const drawn = (effort: string) =>
      renderTable({ columns, rows: [["commit", effort]] }, { width: 80, style: createStyle(false) });
    expect(drawn("")).not.toContain("Effort");
    expect(drawn("high")).toContain("Effort");
  });

  it("leaves out what says least first, then shortens names, and never the numbers", () => {
    expect(draw(70)[0]).not.toContain("Branch");
    expect(draw(60)[2]).toBe("/home/dev/a-rather-lo…  some words that take room  $1,234.56");
    expect(draw(36)[2]).toBe("/home/d…  some words tha…  $1,234.56");
  });

  it.each([100, 70, 60, 45, 36])("fits %i columns, in color too", (width) => {
    for (const line of draw(width, true)) expect(visibleWidth(line)).toBeLessThanOrEqual(width);
  });

  it("cuts a text in color without cutting its color", () => {
    const style = createStyle(true);
    const rows = [[style("red", "/home/dev/a-rather-long-name"), "main", "note", "$1.00"]];
    const [, , row = ""] = renderTable({ ...TABLE, rows }, { width: 30, style }).split("\n");
    const whole = style("red", "WORD").split("WORD");
    expect(row).toContain("/home/dev/a-…");
    expect(row.startsWith(whole[0] ?? "")).toBe(true);
    expect(row.slice(row.indexOf("…"))).toContain(whole[1]);
    expect(visibleWidth(row)).toBeLessThanOrEqual(30);
  });

  it("counts wide characters as two columns", () => {
    const rows = [["日本語のプロジェクト", "main", "", "$1.00"]];
    const [, , row = ""] = renderTable({ ...TABLE, rows }, { width: 25, style: createStyle(false) }).split(
      "\n",
    );
    expect(visibleWidth(row)).toBeLessThanOrEqual(25);
    expect(row).toContain("…");
  });
});

describe("prose", () => {
  it("is broken between words, indented as it was, and left alone where it fits or goes into a pipe", () => {
    expect(wrapWide("fits\n  one two three four\n", 11)).toBe("fits\n  one two\n  three\n  four\n");
    expect(wrapWide("one two three four", 0)).toBe("one two three four");
  });

  it("does not count escape sequences", () => {
    const bold = createStyle(true)("bold", "one two");
    expect(wrapWide(`${bold} x`, 9)).toBe(`${bold} x`);
  });
});
