/// How a connection breaks, at both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// It is closed, as by a server that stops.
    Fin,
    /// It is reset, as by a machine that has forgotten it.
    Rst,
    /// It stays open, but what is sent never arrives.
    Silence,
}

/// When a fault happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// When the client sends something next. Nothing of it arrives.
    Request,
    /// The same, after this percentage of it has arrived.
    PartOfRequest(usize),
    /// When the server answers next. It has done its work, but the client does not learn that.
    Answer,
    /// The same, after this percentage of the answer's first part has arrived.
    PartOfAnswer(usize),
}

/// A planned fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// When it happens.
    pub moment: Moment,
    /// How the connection breaks.
    pub how: Break,
    /// In which flight of a connection, counted from 1. The first flights are TLS, start-up and authentication. Without
    /// a number, any flight matches.
    pub flight: Option<usize>,
}

impl Fault {
    /// A fault in the next flight.
    pub fn next(moment: Moment, how: Break) -> Self {
        Self { moment, how, flight: None }
    }

    /// A fault in this flight of the next connection that reaches it.
    pub fn in_flight(flight: usize, moment: Moment, how: Break) -> Self {
        Self { moment, how, flight: Some(flight) }
    }

    /// Whether it happens now, while this side sends.
    pub(super) fn strikes(&self, client_speaks: bool, flight: usize) -> bool {
        let of_client = matches!(self.moment, Moment::Request | Moment::PartOfRequest(_));
        of_client == client_speaks && self.flight.is_none_or(|number| number == flight)
    }

    /// The percentage that still arrives.
    pub(super) fn percent(&self) -> usize {
        match self.moment {
            Moment::Request | Moment::Answer => 0,
            Moment::PartOfRequest(percent) | Moment::PartOfAnswer(percent) => percent,
        }
    }
}
