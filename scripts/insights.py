#!/usr/bin/env python3
"""Tests the runbook's queries on lines like those of the logs, because CloudWatch itself needs an account.

    scripts/insights.py docs/runbook.md testing/logs

A block that begins with ```insights functions runs on testing/logs/functions.jsonl, and one with ```insights access on
access.jsonl. So do the filter patterns of `aws logs tail`, in commands such as `functions '{ $.status >= 500 }'` and
`gateway '{ … }'`. A query is wrong if it cannot be read, names a field that no line has, or finds nothing.

The part of the language that the runbook uses is close to SQL, so each query becomes a `select` for SQLite. It finds
the same rows as in CloudWatch. What pct and bin compute is not the same, but nothing depends on it.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import json
import re
import sqlite3
import sys
from pathlib import Path

BLOCK = re.compile(r"^```insights (\w+)\n(.*?)^```$", re.S | re.M)
PATTERN = re.compile(r"`(?:SINCE=\w+ )?(functions|gateway) '\{ ([^`']*) \}'`")
TOKEN = re.compile(r"""(?P<text>"[^"]*"|'[^']*')|(?P<number>\d+(?:\.\d+)?)[smhd]?\b|(?P<call>\w+\()|"""
                   r"""(?P<name>[@\w][\w.@]*)|(?P<sign>!=|<=|>=|[=<>(),*|\[\]])|(?P<unknown>\S)""")
WORDS = {"and", "or", "not", "in", "as", "asc", "desc", "glob"}
CALLS = {"count(", "count_distinct(", "sum(", "avg(", "min(", "max(", "pct(", "bin(", "ispresent("}


def main(page, logs):
    wrong, text = 0, Path(page).read_text()
    queries = [(log, query, select) for log, query in BLOCK.findall(text)]
    queries += [({"gateway": "access"}.get(log, log), query, matching) for log, query in PATTERN.findall(text)]
    for log, query, put in queries:
        try:
            if not found((Path(logs) / f"{log}.jsonl").read_text().splitlines(), put(query)):
                raise ValueError("it finds nothing")
        except (ValueError, OSError, sqlite3.Error) as error:
            wrong += 1
            print(f"{error}:\n{query}", file=sys.stderr)
    print(f"{page}: {len(queries)} queries, {wrong or 'nothing'} wrong")
    return 1 if wrong or not queries else 0


def found(lines, query):
    """The rows that a query in SQL finds in the lines of a log."""
    events = [{"@timestamp": None, "@logStream": None, **flat(json.loads(line))} for line in lines]
    names = sorted(set().union(*events))
    database = sqlite3.connect(":memory:")
    database.create_function("bin", 1, lambda span: span)
    database.create_function("ispresent", 1, lambda value: value is not None)
    database.create_function("pct", 2, lambda value, _: value)
    # A numeric column reads "503" as a number, as CloudWatch does. Other texts stay texts.
    database.execute(f"create table lines ({', '.join(f'[{name}] numeric' for name in names)})")
    database.executemany(f"insert into lines values ({', '.join('?' * len(names))})",
                         [[event.get(name) for name in names] for event in events])
    return database.execute(query).fetchall()


def flat(event, prefix=""):
    """The fields that CloudWatch finds in a line of JSON. Names of nested fields are joined by dots."""
    fields = {}
    for name, value in event.items():
        fields.update(flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value})
    return fields


def select(query):
    """The query in SQL."""
    columns, filters, ends = "*", ["true"], {"group": "", "order": "", "limit": ""}
    for command in re.split(r"^\s*\|", query, flags=re.M):
        verb, _, rest = command.strip().partition(" ")
        if verb == "filter":
            filters.append(f"({expression(rest)})")
        elif verb in ("fields", "display"):
            columns = expression(rest)
        elif verb == "stats":
            computed, _, keys = rest.partition(" by ")
            columns = expression(f"{computed}, {keys}" if keys else computed)
            ends["group"] = f"group by {expression(keys) if keys else 'null'}"  # by null, so that no lines give no row
        elif verb == "sort":
            ends["order"] = f"order by {expression(rest)}"
        elif verb == "limit":
            ends["limit"] = f"limit {expression(rest)}"
        else:
            raise ValueError(f"scripts/insights.py does not know the command {verb!r}")
    return f"select {columns} from lines where {' and '.join(filters)} {' '.join(ends.values())}"


def matching(pattern):
    """A filter pattern in SQL."""
    pattern = re.sub(r"= *(\"[^\"]*\*\")", r"glob \1", pattern.replace("&&", "and"))
    return f"select * from lines where {expression(pattern.replace('$.', ''))}"


def expression(text):
    """The same in SQL: lists in round brackets, spans of time as numbers, names that SQLite never reads as texts."""
    written = []
    for token in TOKEN.finditer(text):
        kind, word = token.lastgroup, token[token.lastgroup]
        if kind == "unknown" or kind == "call" and word not in CALLS:
            raise ValueError(f"scripts/insights.py cannot read {text[token.start():token.start() + 20]!r}")
        if kind == "text":
            word = "'" + word[1:-1].replace("'", "''") + "'"
        elif kind == "name" and word not in WORDS:
            word = f"[{word}]"
        written.append({"count_distinct(": "count(distinct ", "[": "(", "]": ")"}.get(word, word))
    return " ".join(written)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
