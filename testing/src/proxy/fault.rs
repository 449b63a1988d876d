/// How a connection breaks, at both its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// It is closed, as by a server that shuts down.
    Fin,
    /// It is reset, as by a machine that knows nothing of it any more.
    Rst,
    /// It stays open and nothing comes through any more: what is sent is taken and never arrives.
    Silence,
}

/// When a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The next time that the client speaks: the server never hears of it.
    Request,
    /// The same, after so many percent of it have arrived.
    PartOfRequest(usize),
    /// The next time that the server answers: it has done all of it, and the client cannot know.
    Answer,
    /// The same, after so many percent of what came first have arrived.
    PartOfAnswer(usize),
}

/// What lies in wait for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// When it strikes.
    pub moment: Moment,
    /// What it does.
    pub how: Break,
    /// In which flight of a connection, counted from 1: its first few are TLS, start-up and authentication. In any if
    /// none is named.
    pub flight: Option<usize>,
}

impl Fault {
    /// In whatever flies next.
    pub fn next(moment: Moment, how: Break) -> Self {
        Self { moment, how, flight: None }
    }

    /// In this flight of the next connection that comes to it.
    pub fn in_flight(flight: usize, moment: Moment, how: Break) -> Self {
        Self { moment, how, flight: Some(flight) }
    }

    /// Whether it strikes who speaks now.
    pub(super) fn strikes(&self, client_speaks: bool, flight: usize) -> bool {
        let of_client = matches!(self.moment, Moment::Request | Moment::PartOfRequest(_));
        of_client == client_speaks && self.flight.is_none_or(|number| number == flight)
    }

    /// How much of what is said comes through.
    pub(super) fn percent(&self) -> usize {
        match self.moment {
            Moment::Request | Moment::Answer => 0,
            Moment::PartOfRequest(percent) | Moment::PartOfAnswer(percent) => percent,
        }
    }
}
