use url::Url;

/// The server that tests may fill with databases and logins.
pub(super) struct Server(Url);

impl Server {
    /// By a superuser's URL, with the database to be in while others are made and dropped.
    pub(super) fn new(url: &str) -> Self {
        Self(url.parse().unwrap_or_else(|error| panic!("TEST_POSTGRES_URL is no URL: {error}")))
    }

    pub(super) fn url(&self) -> &str {
        self.0.as_str()
    }

    /// Another database of it.
    pub(super) fn database(&self, name: &str) -> String {
        self.database_url(name).into()
    }

    /// The same, as another login.
    pub(super) fn login(&self, database: &str, login: &str, password: &str) -> String {
        let mut url = self.database_url(database);
        url.set_username(login).expect("the URL has a host");
        url.set_password(Some(password)).expect("the URL has a host");
        url.into()
    }

    fn database_url(&self, name: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(name);
        url
    }
}

/// The login that a URL names.
pub(super) fn login(url: &str) -> String {
    Url::parse(url).expect("it is one of ours").username().to_owned()
}
