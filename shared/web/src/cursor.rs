//! Paging by sealed cursors.

use std::fmt::Debug;

use deserr::Deserr;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use souk_domain::Invalid;
use souk_runtime::{Connect, Sealer, Start, StartError};
use souk_store::Page;

use crate::{Caller, Code, Endpoint, FieldErrors, Problem};

/// How many entries of a list to answer with: 1 to 100.
#[derive(Debug, Clone, Copy)]
pub struct PageSize(u8);

impl PageSize {
    /// Reads it from a query.
    ///
    /// # Errors
    /// `out_of_range`.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        raw.parse()
            .ok()
            .filter(|size| (1..=100).contains(size))
            .map(Self)
            .ok_or_else(|| Invalid::new("out_of_range", "must be 1 to 100"))
    }
}

souk_domain::edge!(PageSize, { "type": "integer", "minimum": 1, "maximum": 100, "default": 20 });

/// Which part of a list.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct Paging {
    /// The `next` of the part before. Without it, the first part.
    #[deserr(default)]
    cursor: Option<String>,
    /// How many entries at most; 20 if not given.
    #[deserr(default)]
    limit: Option<PageSize>,
}

impl Paging {
    /// For a query that asks for more than a part of a list, and cannot be a `Paging` itself.
    pub fn new(cursor: Option<String>, limit: Option<PageSize>) -> Self {
        Self { cursor, limit }
    }

    /// How many entries at most.
    pub fn limit(&self) -> u8 {
        self.limit.map_or(20, |size| size.0)
    }
}

/// Seals the positions in lists, so that a client can only continue where the previous page ended, in the same list.
#[derive(Debug)]
pub struct Cursors(Sealer);

impl Cursors {
    /// Creates cursors that are sealed with a sealer's secret.
    pub fn new(sealer: Sealer) -> Self {
        Self(sealer)
    }

    /// Returns the cursors of the list that an endpoint returns to a caller. They open neither in the list of another
    /// endpoint nor for another principal.
    pub fn list<E: Endpoint>(&self, caller: &E::Caller) -> ListCursors<'_> {
        ListCursors { sealer: &self.0, list: format!("cursor {} {:?}", E::ROUTE.name(), caller.principal()) }
    }
}

/// The cursors of one list of one caller.
#[derive(Debug)]
pub struct ListCursors<'a> {
    sealer: &'a Sealer,
    list: String,
}

impl<'a> ListCursors<'a> {
    /// Returns the cursors of a part of the list: of one thing that the list is about, or of what matches a filter.
    #[must_use]
    pub fn of(&self, part: impl Debug) -> Self {
        Self { sealer: self.sealer, list: format!("{} {part:?}", self.list) }
    }

    /// Returns the position where the page begins: in the table, or whatever else [`ListCursors::cursor`] sealed.
    /// Returns `None` for the first page.
    ///
    /// # Errors
    /// `invalid_cursor` for a cursor of another list, another part of it or another caller.
    pub fn open<P: DeserializeOwned>(&self, paging: &Paging) -> Result<Option<P>, Problem> {
        let open = |cursor: &String| self.sealer.open(&self.list, cursor);
        paging.cursor.as_ref().map(open).transpose().map_err(|_| Code::InvalidCursor.into())
    }

    /// Returns a page as the endpoint returns it.
    ///
    /// # Errors
    /// `internal` when the position cannot be sealed, which it always can.
    pub fn seal<T, U: Serialize + JsonSchema>(
        &self,
        page: Page<T>,
        entry: impl FnMut(T) -> U,
    ) -> Result<Listed<U>, Problem> {
        let next = page.next.map(|position| self.cursor(&position)).transpose()?;
        Ok(Listed { items: page.items.into_iter().map(entry).collect(), next })
    }

    /// Returns the cursor of a position.
    ///
    /// # Errors
    /// `internal` when the position cannot be sealed, which it always can.
    pub fn cursor<P: Serialize>(&self, position: &P) -> Result<String, Problem> {
        Ok(self.sealer.seal(&self.list, position)?)
    }
}

impl Connect for Cursors {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Sealer::connect(start).await.map(Self::new)
    }
}

/// A part of a list, as it is answered.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub struct Listed<T> {
    /// The entries.
    items: Vec<T>,
    /// The cursor of the next part; none at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}
