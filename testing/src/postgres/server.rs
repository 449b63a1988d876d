use url::Url;

/// The server on which tests create databases and roles.
pub(super) struct Server(Url);

impl Server {
    /// `url` is a superuser's connection string. Its database is used while others are created and dropped.
    pub(super) fn new(url: &str) -> Self {
        Self(url.parse().unwrap_or_else(|error| panic!("TEST_POSTGRES_URL is not a URL: {error}")))
    }

    pub(super) fn url(&self) -> &str {
        self.0.as_str()
    }

    /// The connection string of another database.
    pub(super) fn database(&self, name: &str) -> String {
        self.database_url(name).into()
    }

    /// The same for another role.
    pub(super) fn url_for(&self, database: &str, role: &str, password: &str) -> String {
        let mut url = self.database_url(database);
        url.set_username(role).expect("the URL has a host");
        url.set_password(Some(password)).expect("the URL has a host");
        url.into()
    }

    fn database_url(&self, name: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(name);
        url
    }
}

/// The role that a connection string names.
pub(super) fn role(url: &str) -> String {
    Url::parse(url).expect("it is one of ours").username().to_owned()
}
