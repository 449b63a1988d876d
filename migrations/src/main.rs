//! `migrate`: applies the migrations and installs the operations. It connects to `DATABASE_URL_UNPOOLED`, the direct
//! connection string, or to `DATABASE_URL` if the first is not set.

use std::{env, io};

use migrations::{Migrations, Role};
use shared::{
    db::DatabaseUrl,
    settings::{Fatal, optional, required},
};

const USAGE: &str = "usage: migrate [--dry-run] [--role NAME]

    --dry-run    does everything in one transaction, tells what each statement did, and rolls it back
    --role NAME  creates a database role that may call the operations and do nothing else, or gives it a new password.
                 The password is the variable ROLE_PASSWORD, or else the first line of the standard input";

#[tokio::main(flavor = "current_thread")]
#[allow(clippy::print_stdout, reason = "a command prints what it did")]
async fn main() -> Result<(), Fatal> {
    let options = Options::parse(env::args().skip(1))?;
    if options.help {
        println!("{USAGE}");
        return Ok(());
    }
    let url = database_url()?;
    let role = options.role.map(|name| Role::new(&name, &password()?)).transpose()?;
    let (migrations, mut tell) = (Migrations::embedded(), |line: &str| println!("{line}"));
    let done = if options.dry_run {
        migrations.rehearse(&url, role.as_ref(), &mut tell).await?
    } else {
        migrations.apply(&url, role.as_ref(), &mut tell).await?
    };
    if done.is_empty() {
        println!("nothing to apply: the database is up to date");
    }
    if options.dry_run {
        println!("that was a dry run: nothing was changed");
    }
    Ok(())
}

fn database_url() -> Result<DatabaseUrl, Fatal> {
    const UNPOOLED: &str = "DATABASE_URL_UNPOOLED";
    match optional(UNPOOLED) {
        Some(url) => DatabaseUrl::parse(UNPOOLED, &url),
        None => DatabaseUrl::parse("DATABASE_URL", &required("DATABASE_URL")?),
    }
}

/// The password is never an argument, because everyone on the machine can see arguments.
fn password() -> Result<String, Fatal> {
    // It is not trimmed like other variables, because the spaces may be part of the password.
    if let Some(password) = env::var("ROLE_PASSWORD").ok().filter(|password| !password.is_empty()) {
        return Ok(password);
    }
    let mut line = String::new();
    let read = io::stdin().read_line(&mut line);
    read.map_err(|error| Fatal::new(format!("the password cannot be read from the standard input: {error}")))?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

#[derive(Default)]
struct Options {
    dry_run: bool,
    role: Option<String>,
    help: bool,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Fatal> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--dry-run" => options.dry_run = true,
                "--role" => {
                    let name = arguments.next();
                    options.role = Some(name.ok_or_else(|| Fatal::new("--role needs a name after it"))?);
                }
                "--help" | "-h" => options.help = true,
                _ => return Err(Fatal::new(format!("{argument:?} is not an option of migrate: --help lists them"))),
            }
        }
        Ok(options)
    }
}
