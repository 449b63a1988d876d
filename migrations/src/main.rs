//! `migrate`: brings the database to the newest version. It reads `DATABASE_URL_UNPOOLED`, as Neon names its direct
//! host, else `DATABASE_URL`.

use shared::{
    config::{Fatal, optional, required},
    db::DatabaseUrl,
};

#[tokio::main(flavor = "current_thread")]
#[allow(clippy::print_stdout, reason = "a command says on standard output what it did")]
async fn main() -> Result<(), Fatal> {
    const UNPOOLED: &str = "DATABASE_URL_UNPOOLED";
    let url = match optional(UNPOOLED) {
        Some(url) => DatabaseUrl::parse(UNPOOLED, &url)?,
        None => DatabaseUrl::parse("DATABASE_URL", &required("DATABASE_URL")?)?,
    };
    let applied = migrations::apply(&url).await?;
    for migration in &applied {
        println!("applied {migration}");
    }
    if applied.is_empty() {
        println!("nothing to apply: the database is up to date");
    }
    Ok(())
}
