#!/usr/bin/env python3
"""Tries the runbook's queries on lines like those that the logs have: CloudWatch itself cannot be asked from here.

    scripts/insights.py docs/runbook.md testing/logs [--show]

A block that begins with ```insights functions is asked of testing/logs/functions.jsonl, one with ```insights access of
access.jsonl. A query is wrong if it cannot be read, names a field that no line has, or finds nothing.

What is understood is the part of the language that the runbook uses: fields, display, filter (= != < <= > >= like in
not and or ispresent), stats … by (count, count_distinct, sum, avg, min, max, pct, bin), sort, limit.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

import argparse
import datetime
import json
import math
import re
import sys
from pathlib import Path

BLOCK = re.compile(r"^```insights (\w+)\n(.*?)^```$", re.S | re.M)
# A pattern, a text, a number or a span of time, a name, a sign.
TOKEN = re.compile(r"""\s*(?:(/(?:\\/|[^/])+/)|("[^"]*"|'[^']*')|(\d+(?:\.\d+)?[smhd]?\b)|([@\w][\w.@]*)|"""
                   r"""(!=|<=|>=|[=<>(),\[\]*|]))""")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path)
    parser.add_argument("logs", type=Path)
    parser.add_argument("--show", action="store_true", help="print what each query finds")
    arguments = parser.parse_args()
    wrong, queries = [], BLOCK.findall(arguments.page.read_text())
    for log, text in queries:
        try:
            lines = [event(line) for line in (arguments.logs / f"{log}.jsonl").read_text().splitlines()]
            rows = Query(text, set().union(*lines)).run(lines)
            if not rows:
                raise ValueError("it finds nothing")
        except (ValueError, OSError) as error:
            wrong.append(f"{error}:\n{text}")
            continue
        if arguments.show:
            shown = [{name: item for name, item in row.items() if name} for row in rows]
            print(text + "\n".join(f"    {json.dumps(row)}" for row in shown) + "\n")
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    print(f"{arguments.page}: {len(queries)} queries, {len(wrong) or 'nothing'} wrong")
    return 1 if wrong or not queries else 0


def event(line):
    """The fields that CloudWatch finds in a line of JSON: what is nested goes by dots."""
    value = json.loads(line)
    fields = {"@message": line, "@timestamp": value.get("timestamp") or value.get("time")}

    def flatten(prefix, item):
        if isinstance(item, dict):
            for name, below in item.items():
                flatten(f"{prefix}.{name}" if prefix else name, below)
        else:
            fields[prefix] = item

    flatten("", value)
    return fields


class Query:
    """A query, read; `known` are the fields that it may name."""

    def __init__(self, text, known):
        self.known, self.tokens, at = set(known), [], 0
        text = re.sub(r"^\s*#.*$", "", text, flags=re.M).strip()
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match:
                raise ValueError(f"{text[at:at + 20]!r} cannot be read")
            self.tokens.append((match.lastindex, match[match.lastindex]))
            at = match.end()
        self.steps = [self.command()]
        while self.take("|"):
            self.steps.append(self.command())
        if self.tokens:
            raise ValueError(f"{self.tokens[0][1]!r} is not expected")

    def run(self, rows):
        for step in self.steps:
            rows = step(rows)
        return rows

    # --- Reading ---

    def peek(self):
        return self.tokens[0][1] if self.tokens else None

    def take(self, *wanted):
        if self.peek() in wanted:
            return self.tokens.pop(0)[1]
        return None

    def need(self, *wanted):
        token = self.take(*wanted)
        if token is None:
            raise ValueError(f"{' or '.join(wanted)} is expected, not {self.peek()!r}")
        return token

    def field(self):
        kind, name = self.tokens.pop(0) if self.tokens else (None, None)
        if kind != 4 or name not in self.known:
            raise ValueError(f"no line has a field {name!r}")
        return name

    def listed(self, read):
        items = [read()]
        while self.take(","):
            items.append(read())
        return items

    def command(self):
        name = self.need("fields", "display", "filter", "stats", "sort", "limit")
        return getattr(self, name)()

    def fields(self):
        names = self.listed(self.field)
        # What is not shown can still be filtered and sorted by: the whole line goes along under "".
        return lambda rows: [{name: value(row, name) for name in names} | {"": row.get("", row)} for row in rows]

    display = fields

    def filter(self):
        test = self.either()
        return lambda rows: [row for row in rows if test(row.get("", row))]

    def either(self):
        tests = [self.both()]
        while self.take("or"):
            tests.append(self.both())
        return lambda row: any(test(row) for test in tests)

    def both(self):
        tests = [self.single()]
        while self.take("and"):
            tests.append(self.single())
        return lambda row: all(test(row) for test in tests)

    def single(self):
        if self.take("not"):
            test = self.single()
            return lambda row: not test(row)
        if self.take("("):
            test = self.either()
            self.need(")")
            return test
        if self.take("ispresent"):
            self.need("(")
            name = self.field()
            self.need(")")
            return lambda row: row.get(name) is not None
        name, operator = self.field(), self.need("=", "!=", "<", "<=", ">", ">=", "like", "in")
        if operator == "in":
            self.need("[")
            values = self.listed(self.value)
            self.need("]")
            return lambda row: any(compare(row.get(name), "=", value) for value in values)
        value = self.value()
        return lambda row: compare(row.get(name), operator, value)

    def value(self):
        kind, token = self.tokens.pop(0) if self.tokens else (None, None)
        if kind == 1:
            return re.compile(token[1:-1])
        if kind == 2:
            return token[1:-1]
        if kind == 3:
            return float(token)
        if token in ("true", "false"):  # a JSON boolean is 1 or 0 in a query
            raise ValueError("a boolean is compared with 1 or 0")
        raise ValueError(f"{token!r} is no value")

    def stats(self):
        columns = self.listed(self.aggregate)
        keys = self.listed(self.key) if self.take("by") else []
        self.known |= {name for name, _ in columns} | {name for name, _ in keys}

        def run(rows):
            groups = {}
            for row in (row.get("", row) for row in rows):
                groups.setdefault(tuple(key(row) for _, key in keys), []).append(row)
            return [{**dict(zip((name for name, _ in keys), group)), **{name: of(members) for name, of in columns}}
                    for group, members in groups.items()]

        return run

    def aggregate(self):
        function = self.need("count", "count_distinct", "sum", "avg", "min", "max", "pct")
        self.need("(")
        name = None if self.take("*") else self.field()
        share = float(self.tokens.pop(0)[1]) if function == "pct" and self.need(",") else None
        self.need(")")
        self.need("as")
        return self.tokens.pop(0)[1], lambda rows: aggregated(function, name, share, rows)

    def key(self):
        if self.take("bin"):
            self.need("(")
            span = self.tokens.pop(0)[1]
            self.need(")")
            width = float(span[:-1]) * SECONDS[span[-1]]
            return f"bin({span})", lambda row: instant(row["@timestamp"]) // width * width
        name = self.field()
        return name, lambda row: row.get(name)

    def sort(self):
        name = self.field()
        down = (self.take("asc", "desc") or "asc") == "desc"
        return lambda rows: sorted(rows, key=lambda row: (value(row, name) is not None, value(row, name) or 0),
                                   reverse=down)

    def limit(self):
        count = int(self.tokens.pop(0)[1])
        return lambda rows: rows[:count]


def value(row, name):
    return row[name] if name in row else row.get("", {}).get(name)


def compare(left, operator, right):
    if left is None:
        return operator == "!="
    if operator == "like":
        return bool(right.search(str(left))) if isinstance(right, re.Pattern) else right in str(left)
    if isinstance(right, float):
        try:
            left = float(left)
        except ValueError:
            return operator == "!="
    else:
        left = str(left)
    return {"=": left == right, "!=": left != right, "<": left < right, "<=": left <= right, ">": left > right,
            ">=": left >= right}[operator]


def aggregated(function, name, share, rows):
    if name is None:
        return len(rows)
    values = [row[name] for row in rows if row.get(name) is not None]
    if function in ("count", "count_distinct"):
        return len(values) if function == "count" else len(set(values))
    if function in ("min", "max") and any(isinstance(value, str) for value in values):
        return {"min": min, "max": max}[function](values)
    numbers = sorted(float(value) for value in values)
    if not numbers:
        return None
    if function == "pct":
        return numbers[max(math.ceil(share / 100 * len(numbers)) - 1, 0)]
    return {"sum": sum(numbers), "avg": sum(numbers) / len(numbers), "min": numbers[0], "max": numbers[-1]}[function]


def instant(text):
    for form in ("%Y-%m-%dT%H:%M:%S.%fZ", "%d/%b/%Y:%H:%M:%S %z"):
        try:
            return datetime.datetime.strptime(text, form).replace(tzinfo=datetime.timezone.utc).timestamp()
        except ValueError:
            continue
    raise ValueError(f"{text} is no time")


if __name__ == "__main__":
    sys.exit(main())
