//! Splits a file into its statements. The dry run reports on each, and the tests check each.

use refinery::Migration;
use shared::{db::describe, settings::Fatal};

/// One statement of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    /// The statement, without its semicolon.
    pub text: &'a str,
    /// The line where it begins. The first line is 1.
    pub line: usize,
    /// The comments and blank lines between the previous statement and this one.
    pub above: &'a str,
}

impl Statement<'_> {
    /// Its beginning, for messages.
    #[must_use]
    pub fn headline(&self) -> String {
        const WIDTH: usize = 72;
        let first = self.text.lines().next().unwrap_or_default();
        if first.len() == self.text.len() && first.chars().count() <= WIDTH {
            return first.to_owned();
        }
        format!("{} …", first.chars().take(WIDTH).collect::<String>().trim_end())
    }

    /// The statement in lower case, without comments, with single spaces between the words.
    #[must_use]
    pub fn code(&self) -> String {
        let (mut code, mut at) = (String::new(), 0);
        while at < self.text.len() {
            let token = token(&self.text[..at], &self.text[at..]);
            let end = at + token.len();
            code.push_str(if let Token::Blank(_) = token { " " } else { &self.text[at..end] });
            at = end;
        }
        code.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
    }

    /// Whether it builds or drops an index concurrently. Postgres refuses that in a transaction.
    #[must_use]
    pub fn is_concurrent(&self) -> bool {
        let code = self.code();
        ["create index concurrently", "create unique index concurrently", "drop index concurrently"]
            .iter()
            .any(|start| code.starts_with(start))
    }

    /// The tables and columns that it drops or renames; a column comes with its table.
    #[must_use]
    pub fn removes(&self) -> Vec<(String, Option<String>)> {
        let code = self.code().replace(',', " , ");
        let words: Vec<_> =
            code.split(' ').filter(|word| !["", "if", "exists", "only", "column"].contains(word)).collect();
        match words[..] {
            ["drop", "table", ref tables @ ..] => {
                let tables = tables.iter().filter(|word| ![",", "cascade", "restrict"].contains(word));
                tables.map(|table| (name(table), None)).collect()
            }
            ["alter", "table", table, ref actions @ ..] => {
                let removed = |action: &[&str]| match *action {
                    ["drop" | "rename", "constraint", ..] => None,
                    ["rename", "to", ..] => Some((name(table), None)),
                    ["drop" | "rename", column, ..] => Some((name(table), Some(name(column)))),
                    _ => None,
                };
                actions.split(|word| *word == ",").filter_map(removed).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A name without schema and quotes.
fn name(word: &str) -> String {
    word.rsplit('.').next().unwrap_or_default().trim_matches('"').to_owned()
}

/// Splits a file at each semicolon that is not inside a string, a quoted name, a dollar quote or a comment.
#[must_use]
pub fn statements(sql: &str) -> Vec<Statement<'_>> {
    let mut found = Vec::new();
    let (mut after_last, mut first, mut at) = (0, None, 0);
    while at < sql.len() {
        let token = token(&sql[..at], &sql[at..]);
        match token {
            Token::Blank(_) => {}
            Token::End => {
                found.extend(first.take().map(|start| statement(sql, after_last, start, at)));
                after_last = at + 1;
            }
            Token::Code(_) => first = first.or(Some(at)),
        }
        at += token.len();
    }
    found.extend(first.map(|start| statement(sql, after_last, start, sql.len())));
    found
}

fn statement(sql: &str, after_last: usize, start: usize, end: usize) -> Statement<'_> {
    let between = &sql[after_last..start];
    // A comment on the same line, after the semicolon, belongs to the previous statement.
    let rest = if after_last == 0 { 0 } else { between.find('\n').map_or(between.len(), |end| end + 1) };
    Statement {
        text: sql[start..end].trim_end(),
        line: sql[..start].matches('\n').count() + 1,
        above: &between[rest..],
    }
}

/// Whether a file runs outside a transaction, because it builds indexes concurrently. Such a file may contain nothing
/// else, because a failure would leave it half done.
pub(crate) fn is_concurrent(migration: &Migration, statements: &[Statement<'_>]) -> Result<bool, Fatal> {
    let concurrent = statements.iter().filter(|statement| statement.is_concurrent()).count();
    if concurrent > 0 && concurrent < statements.len() {
        return Err(Fatal::new(format!(
            "{migration} builds an index concurrently, so it runs outside a transaction: put the other statements into \
             another file"
        )));
    }
    Ok(concurrent > 0)
}

/// The error for a statement that Postgres refused.
pub(crate) fn told(
    migration: &Migration,
    how: &str,
    statement: &Statement<'_>,
    error: &tokio_postgres::Error,
) -> Fatal {
    let (line, headline) = (statement.line, statement.headline());
    Fatal::new(format!("{migration} {how} at line {line}, `{headline}`: {}", describe(error)))
}

enum Token {
    Blank(usize),
    Code(usize),
    End,
}

impl Token {
    fn len(&self) -> usize {
        match self {
            Self::Blank(len) | Self::Code(len) => *len,
            Self::End => 1,
        }
    }
}

/// The token at the beginning of `rest` (<https://www.postgresql.org/docs/current/sql-syntax-lexical.html>).
fn token(before: &str, rest: &str) -> Token {
    let first = rest.chars().next().unwrap_or(' ');
    let in_word = before.ends_with(|last: char| last.is_alphanumeric() || last == '_' || last == '$');
    match first {
        ';' => Token::End,
        _ if rest.starts_with("--") => Token::Blank(rest.find('\n').unwrap_or(rest.len())),
        _ if rest.starts_with("/*") => Token::Blank(block_comment(rest)),
        '\'' => Token::Code(quoted(rest, '\'', before.ends_with(['e', 'E']))),
        '"' => Token::Code(quoted(rest, '"', false)),
        '$' if !in_word => Token::Code(dollar_quoted(rest)),
        _ if first.is_whitespace() => Token::Blank(first.len_utf8()),
        _ => Token::Code(first.len_utf8()),
    }
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// A doubled quote counts as the end of one string and the beginning of the next. For this purpose that is the same.
fn quoted(rest: &str, quote: char, escapes: bool) -> usize {
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        if escapes && character == '\\' {
            characters.next();
        } else if character == quote {
            return at + 1;
        }
    }
    rest.len()
}

fn dollar_quoted(rest: &str) -> usize {
    let Some(tag) = rest[1..].find('$').map(|end| &rest[..end + 2]) else { return 1 };
    if tag[1..tag.len() - 1].chars().any(|character| !character.is_alphanumeric() && character != '_') {
        return 1; // $1, a parameter
    }
    rest[tag.len()..].find(tag).map_or(rest.len(), |end| tag.len() + end + tag.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sql: &str) -> Vec<&str> {
        statements(sql).into_iter().map(|statement| statement.text).collect()
    }

    #[test]
    fn a_semicolon_in_a_string_a_name_a_dollar_quote_or_a_comment_ends_nothing() {
        for whole in [
            "select ';', 'it''s; so'",
            r"select e'\';'",
            "select \"a;b\"",
            "do $$ begin null; end $$",
            "do $body$ select $$;$$; $body$",
            "select 1 -- one; or two\n + 1",
            "select /* a; /* b; */ c; */ 1",
            "select 'ä;', 1",
        ] {
            assert_eq!(texts(&format!("{whole};\nselect 2;\n")), [whole, "select 2"]);
        }
    }

    #[test]
    fn a_statement_knows_its_line_and_what_stands_above_it() {
        let sql = "-- first\nselect 1; -- of the first\n\n-- safe: because\nselect\n  2";
        let second = &statements(sql)[1];
        assert_eq!((second.line, second.above, second.text), (5, "\n-- safe: because\n", "select\n  2"));
    }

    #[test]
    fn a_file_that_is_empty_or_has_only_comments_has_no_statements() {
        for sql in ["", " \n", "-- nothing;", ";;", "/* never closed;"] {
            assert_eq!(statements(sql), [], "{sql}");
        }
    }

    #[test]
    fn a_headline_is_the_first_line_and_shows_whether_there_is_more() {
        assert_eq!(statements("select 1;")[0].headline(), "select 1");
        assert_eq!(statements("select\n 1;")[0].headline(), "select …");
    }

    #[test]
    fn a_statement_knows_the_tables_and_columns_that_it_removes() {
        for (sql, expected) in [
            ("alter table tasks drop column title", "tasks.title"),
            (
                "ALTER TABLE IF EXISTS ONLY public.tasks DROP title CASCADE, drop column if exists \"due\"",
                "tasks.title tasks.due",
            ),
            ("alter table tasks rename column title to name", "tasks.title"),
            ("alter table tasks rename title to name", "tasks.title"),
            ("alter table tasks rename to todos", "tasks"),
            ("drop table if exists tasks, public.users cascade", "tasks users"),
            ("alter table tasks add column due date, add check (a > 0), drop constraint due_check", ""),
            ("alter table tasks rename constraint a to b", ""),
            ("create index i on tasks (a, b)", ""),
        ] {
            let removed = statements(sql)[0].removes().into_iter();
            let removed =
                removed.map(|(table, column)| column.map_or(table.clone(), |column| format!("{table}.{column}")));
            assert_eq!(removed.collect::<Vec<_>>().join(" "), expected, "{sql}");
        }
    }

    #[test]
    fn only_statements_that_build_or_drop_an_index_concurrently_are_concurrent() {
        for (sql, expected) in [
            ("create index concurrently i on t (a)", true),
            ("CREATE UNIQUE\n INDEX CONCURRENTLY i on t (a)", true),
            ("drop index concurrently if exists i", true),
            ("create -- at last\n index /* ; */ concurrently i on t (a)", true),
            ("create index i on t (a)", false),
            ("create index i on t (concurrently)", false),
            ("create table concurrently (a int)", false),
        ] {
            assert_eq!(statements(sql)[0].is_concurrent(), expected, "{sql}");
        }
    }
}
