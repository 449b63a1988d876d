//! `migrate`: brings the database to the newest version and installs the operations. It reads `DATABASE_URL_UNPOOLED`,
//! as Neon names its direct host, else `DATABASE_URL`.

use std::{env, io};

use migrations::{Login, Migrations};
use shared::{
    db::DatabaseUrl,
    settings::{Fatal, optional, required},
};

const USAGE: &str = "usage: migrate [--dry-run] [--login NAME]

    --dry-run     does all of it in a transaction that is rolled back, and tells what each statement did
    --login NAME  makes a login that may call the operations and do nothing else, or gives it a new password: the
                  variable LOGIN_PASSWORD, else the first line of the standard input";

#[tokio::main(flavor = "current_thread")]
#[allow(clippy::print_stdout, reason = "a command says on standard output what it did")]
async fn main() -> Result<(), Fatal> {
    let options = Options::parse(env::args().skip(1))?;
    if options.help {
        println!("{USAGE}");
        return Ok(());
    }
    let url = database_url()?;
    let login = options.login.map(|name| Login::new(&name, &password()?)).transpose()?;
    let (migrations, mut tell) = (Migrations::embedded(), |line: &str| println!("{line}"));
    let done = if options.dry_run {
        migrations.rehearse(&url, login.as_ref(), &mut tell).await?
    } else {
        migrations.apply(&url, login.as_ref(), &mut tell).await?
    };
    if done.is_empty() {
        println!("nothing to apply: the database is up to date");
    }
    if options.dry_run {
        println!("that was a dry run: nothing of it remains");
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

/// Never an argument: those are visible to everyone on the machine.
fn password() -> Result<String, Fatal> {
    // As it is: what surrounds other settings may be part of a password.
    if let Some(password) = env::var("LOGIN_PASSWORD").ok().filter(|password| !password.is_empty()) {
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
    login: Option<String>,
    help: bool,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Fatal> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--dry-run" => options.dry_run = true,
                "--login" => {
                    let name = arguments.next();
                    options.login = Some(name.ok_or_else(|| Fatal::new("--login is to be followed by a name"))?);
                }
                "--help" | "-h" => options.help = true,
                _ => return Err(Fatal::new(format!("{argument:?} is no option of migrate: --help names them"))),
            }
        }
        Ok(options)
    }
}
