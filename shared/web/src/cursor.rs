//! Paging by sealed cursors.

use std::fmt::Debug;

use deserr::Deserr;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use souk_domain::Invalid;
use souk_runtime::{Connect, Sealer, Start, StartError};
use souk_store::Page;

use crate::{Caller, Code, Endpoint, FieldErrors, Problem};

/// The size of a page: 1 to 100 entries.
#[derive(Debug, Clone, Copy)]
pub struct PageSize(u8);

impl PageSize {
    /// Parses the parameter.
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

/// The requested page of a list.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct Paging {
    /// The `next` of the previous page. Without it, the first page is returned.
    #[deserr(default)]
    cursor: Option<String>,
    /// The largest number of entries, 20 by default.
    #[deserr(default)]
    limit: Option<PageSize>,
}

impl Paging {
    /// Creates the paging of a query that has further parameters.
    pub fn new(cursor: Option<String>, limit: Option<PageSize>) -> Self {
        Self { cursor, limit }
    }

    /// Returns the largest number of entries.
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
    /// `internal` if the position cannot be sealed, which does not happen.
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
    /// `internal` if the position cannot be sealed, which does not happen.
    pub fn cursor<P: Serialize>(&self, position: &P) -> Result<String, Problem> {
        Ok(self.sealer.seal(&self.list, position)?)
    }
}

impl Connect for Cursors {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Sealer::connect(start).await.map(Self::new)
    }
}

/// A page of a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub struct Listed<T> {
    /// The entries of the page.
    items: Vec<T>,
    /// The cursor of the next page. It is absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}
