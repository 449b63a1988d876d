//! Which tasks a list shows: filters, order, page.

use std::fmt::Write as _;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ring::digest;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    cursor::Cursor,
    due_date::{DueDate, utc},
    task::{Priority, Task},
    text::{Tags, search},
};
use crate::{
    error::Result,
    http::{self, Parameters, Request, parse_flag, parse_whole},
};

/// The size of a page: the maximum, and the default.
const MAX_LIMIT: i64 = 500;
const DEFAULT_LIMIT: i64 = 100;

/// The most tasks to skip, because each skipped task is read. A cursor costs the same at any depth.
const MAX_OFFSET: i64 = 10_000;

/// A request for a page of a list.
#[derive(Debug)]
pub struct ListQuery {
    /// The last segment of the path.
    pub(super) collection: &'static str,
    /// Which tasks are listed.
    pub filter: Filter,
    /// The order.
    pub sort: Sort,
    /// Whether the order is descending.
    pub is_descending: bool,
    /// The most tasks to return, 1 to 500.
    pub limit: i64,
    /// How many tasks to skip, 0 to 10,000.
    pub offset: i64,
    /// The place after which the page begins.
    pub cursor: Option<Cursor>,
    /// Whether to count all tasks that pass the filters, even if that means reading them.
    pub is_counted: bool,
    /// The states of the list that the client has.
    pub known: Vec<String>,
}

/// Which tasks are listed. A task must pass all filters.
#[derive(Debug, Default)]
pub struct Filter {
    /// Whether tasks in the trash are listed.
    pub trash: Trash,
    /// By completion.
    pub status: Status,
    /// With any of these priorities.
    pub priorities: Option<Vec<Priority>>,
    /// With all of these tags.
    pub tags: Option<Tags>,
    /// With this text, in lower case, in the title or the description.
    pub search: Option<String>,
    /// Due before this moment.
    pub due_before: Option<OffsetDateTime>,
    /// Due after this moment.
    pub due_after: Option<OffsetDateTime>,
}

impl ListQuery {
    /// Reads the query of a request, and `If-None-Match`.
    pub fn parse(request: &Request) -> Result<Self> {
        let mut parameters = Parameters::of(request);
        let filter = Filter {
            trash: match parameters.optional(&["deleted"], parse_flag) {
                Some(true) => Trash::Only,
                _ => Trash::Without,
            },
            status: parameters.optional(&["status"], Status::parse).unwrap_or_default(),
            priorities: parameters
                .optional(&["priority"], |names| names.split(',').map(Priority::parse_name).collect()),
            tags: parameters.optional(&["tags"], Tags::parse_list),
            search: parameters.optional(&["search", "q"], search),
            due_before: parameters.optional(&["due_before"], |text| DueDate::parse_text(text).map(DueDate::begins)),
            due_after: parameters.optional(&["due_after"], |text| DueDate::parse_text(text).map(DueDate::at)),
        };
        let sort = parameters.optional(&["sort", "sort_by"], Sort::parse).unwrap_or_default();
        let is_descending = parameters.optional(&["order", "sort_order"], parse_order).unwrap_or(sort.is_descending());
        let limit = parameters.optional(&["limit"], |text| parse_whole(text, 1, MAX_LIMIT)).unwrap_or(DEFAULT_LIMIT);
        let offset = parameters.optional(&["offset", "skip"], |text| parse_whole(text, 0, MAX_OFFSET));
        let is_counted = parameters.optional(&["count"], parse_flag).unwrap_or_default();
        let mut query = Self {
            collection: "tasks",
            filter,
            sort,
            is_descending,
            limit,
            offset: 0,
            cursor: None,
            is_counted,
            known: http::known_lists(request),
        };
        query.cursor = parameters.optional(&["cursor"], |text| query.parse_cursor(text));
        if offset.is_some() && query.cursor.is_some() {
            parameters.refuse("offset", "cannot be given together with a cursor");
        }
        query.offset = offset.unwrap_or_default();
        parameters.finish().map(|()| query)
    }

    /// Reads the query of an export: all tasks and the trash, newest first. Its pages work like those of a list.
    pub fn parse_export(request: &Request) -> Result<Self> {
        let mut parameters = Parameters::of(request);
        let mut query = Self {
            collection: "export",
            filter: Filter { trash: Trash::With, ..Filter::default() },
            sort: Sort::default(),
            is_descending: Sort::default().is_descending(),
            limit: parameters.optional(&["limit"], |text| parse_whole(text, 1, MAX_LIMIT)).unwrap_or(DEFAULT_LIMIT),
            offset: 0,
            cursor: None,
            is_counted: false,
            known: http::known_lists(request),
        };
        query.cursor = parameters.optional(&["cursor"], |text| query.parse_cursor(text));
        parameters.finish().map(|()| query)
    }

    fn parse_cursor(&self, text: &str) -> Result<Cursor, String> {
        let cursor = Cursor::decode(text).filter(|cursor| self.sort.is_key(&cursor.key)).ok_or(OTHER_CURSOR)?;
        if cursor.fingerprint != self.fingerprint() {
            return Err("was made for another sort, order or filter: follow a `Link` of this list".to_owned());
        }
        Ok(cursor)
    }

    /// The query of the page after `last`, in the list with this epoch.
    pub(super) fn after(&self, last: &Task, epoch: uuid::Uuid) -> String {
        let cursor = Cursor { fingerprint: self.fingerprint(), epoch, key: self.sort.key(last), id: last.id };
        let count = if self.is_counted { "count=true&" } else { "" };
        format!("{}{count}limit={}&cursor={}", self.order_and_filters(), self.limit, cursor.encode())
    }

    /// Identifies the list that a cursor was made for. Its 64 bits protect against mistakes, not against a client that
    /// forges a cursor.
    fn fingerprint(&self) -> [u8; 8] {
        let list = format!("{}?{}", self.collection, self.order_and_filters());
        let hash = digest::digest(&digest::SHA256, list.as_bytes());
        hash.as_ref().first_chunk().copied().unwrap_or_default()
    }

    /// The parameters for filters and order, each with its `&`, always in the same form.
    fn order_and_filters(&self) -> String {
        let Filter { trash, status, priorities, tags, search, due_before, due_after } = &self.filter;
        let mut query = String::new();
        let mut add = |name: &str, value: &str| {
            let _ = write!(query, "{name}={}&", utf8_percent_encode(value, NON_ALPHANUMERIC)); // cannot fail
        };
        if *trash == Trash::Only {
            add("deleted", "true");
        }
        if *status != Status::All {
            add("status", status.name());
        }
        if let Some(priorities) = priorities {
            add("priority", &priorities.iter().map(|priority| priority.name()).collect::<Vec<_>>().join(","));
        }
        if let Some(Tags(tags)) = tags {
            add("tags", &tags.join(","));
        }
        if let Some(search) = search {
            add("search", search);
        }
        for (name, moment) in [("due_before", due_before), ("due_after", due_after)] {
            if let Some(text) = moment.and_then(utc) {
                add(name, &text);
            }
        }
        if (self.sort, self.is_descending) != (Sort::default(), Sort::default().is_descending()) {
            add("sort", self.sort.name());
            add("order", if self.is_descending { "desc" } else { "asc" });
        }
        query
    }
}

/// The message for a cursor that is not valid, or was made for another owner.
pub(super) const OTHER_CURSOR: &str = "must be one from a `Link` of this list";

/// The filter by the trash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trash {
    /// Tasks that are not in the trash.
    #[default]
    Without,
    /// Tasks in the trash.
    Only,
    /// Both.
    With,
}

impl Filter {
    /// The values of `tasks.state` that pass: 0 is pending, 1 is completed, 2 is in the trash.
    pub(super) fn states(&self) -> &'static [i16] {
        match (self.trash, self.status) {
            (Trash::Only, _) => &[2],
            (Trash::With, _) => &[0, 1, 2],
            (Trash::Without, Status::All) => &[0, 1],
            (Trash::Without, Status::Pending) => &[0],
            (Trash::Without, Status::Completed) => &[1],
        }
    }

    /// The filter by completion, if the states do not already decide it.
    pub(super) fn completed(&self) -> Option<bool> {
        match (self.trash, self.status) {
            (Trash::Without, _) | (_, Status::All) => None,
            (_, status) => Some(status == Status::Completed),
        }
    }
}

/// The filter by completion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Every task.
    #[default]
    All,
    /// Tasks that are not completed.
    Pending,
    /// Tasks that are completed.
    Completed,
}

impl Status {
    fn parse(text: &str) -> Result<Self, String> {
        let all = [Self::All, Self::Pending, Self::Completed];
        let named = all.into_iter().find(|status| status.name().eq_ignore_ascii_case(text));
        named.ok_or_else(|| "must be all, pending or completed".to_owned())
    }

    fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Pending => "pending",
            Self::Completed => "completed",
        }
    }
}

/// The key of the order. The id breaks ties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// When the task was created.
    #[default]
    CreatedAt,
    /// When it was last written.
    UpdatedAt,
    /// When it is due. Tasks without a due date come last in both directions.
    DueDate,
    /// How important it is.
    Priority,
    /// Its title, in lower case, character by character.
    Title,
    /// The manual order.
    Position,
}

impl Sort {
    const ALL: [Self; 6] =
        [Self::CreatedAt, Self::UpdatedAt, Self::DueDate, Self::Priority, Self::Title, Self::Position];

    fn parse(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|sort| sort.name().eq_ignore_ascii_case(text));
        named.ok_or_else(|| format!("must be {}", Self::ALL.map(Self::name).join(", ")))
    }

    /// The name in the parameter and in the SQL function.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::DueDate => "due_date",
            Self::Priority => "priority",
            Self::Title => "title",
            Self::Position => "position",
        }
    }

    /// The default direction. The newest and the most important tasks come first; the other keys are ascending.
    fn is_descending(self) -> bool {
        matches!(self, Self::CreatedAt | Self::UpdatedAt | Self::Priority)
    }

    /// The key of a task in this order, as Postgres reads it.
    fn key(self, task: &Task) -> String {
        match self {
            Self::CreatedAt => utc(task.created_at).unwrap_or_default(),
            Self::UpdatedAt => task.revision.to_string(),
            Self::DueDate => task.due_date.and_then(|due| utc(due.at())).unwrap_or_else(|| "infinity".to_owned()),
            Self::Priority => task.priority.rank().to_string(),
            Self::Title => task.title_key.clone(),
            Self::Position => task.position.clone(),
        }
    }

    /// Whether Postgres can read this key. It comes from a cursor, which a client may have changed.
    fn is_key(self, key: &str) -> bool {
        let is_moment = || OffsetDateTime::parse(key, &Rfc3339).ok().and_then(utc).is_some_and(|utc| utc == key);
        match self {
            Self::CreatedAt => is_moment(),
            Self::DueDate => key == "infinity" || is_moment(),
            Self::UpdatedAt => key.parse::<i64>().is_ok(),
            Self::Priority => key.parse::<i16>().is_ok(),
            Self::Title | Self::Position => !key.contains('\0'),
        }
    }
}

fn parse_order(text: &str) -> Result<bool, String> {
    match &*text.to_ascii_lowercase() {
        "asc" => Ok(false),
        "desc" => Ok(true),
        _ => Err("must be asc or desc".to_owned()),
    }
}
