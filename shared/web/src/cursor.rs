//! Paging by sealed cursors.

use deserr::Deserr;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use souk_domain::Invalid;
use souk_runtime::{Connect, Sealer, Start, StartError};
use souk_store::Page;

use crate::{Code, FieldErrors, Problem};

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

/// Seals the positions in lists, so that a client can only go on where we let it off, in the list it was in.
#[derive(Debug)]
pub struct Cursors(Sealer);

impl Cursors {
    /// Cursors under a sealer's secret.
    pub fn new(sealer: Sealer) -> Self {
        Self(sealer)
    }

    /// Where a list goes on: a position in the table, or whatever place the list sealed.
    ///
    /// # Errors
    /// `invalid_cursor` for a cursor that is not from this list of this owner.
    pub fn open<P: DeserializeOwned>(&self, list: &str, paging: &Paging) -> Result<Option<P>, Problem> {
        let open = |cursor: &String| self.0.open(&purpose(list), cursor);
        paging.cursor.as_ref().map(open).transpose().map_err(|_| Code::InvalidCursor.into())
    }

    /// The part of a list as it is answered.
    ///
    /// # Errors
    /// `internal` when the position cannot be sealed, which it always can.
    pub fn seal<T, U: Serialize + JsonSchema>(
        &self,
        list: &str,
        page: Page<T>,
        entry: impl FnMut(T) -> U,
    ) -> Result<Listed<U>, Problem> {
        let next = page.next.map(|position| self.cursor(list, &position)).transpose()?;
        Ok(Listed { items: page.items.into_iter().map(entry).collect(), next })
    }

    /// The cursor of a place where a list goes on.
    ///
    /// # Errors
    /// `internal` when the place cannot be sealed, which it always can.
    pub fn cursor<P: Serialize>(&self, list: &str, place: &P) -> Result<String, Problem> {
        Ok(self.0.seal(&purpose(list), place)?)
    }
}

fn purpose(list: &str) -> String {
    format!("cursor {list}")
}

impl Connect for Cursors {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Sealer::connect(start).await.map(Self::new)
    }
}

/// A part of a list, as it is answered.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Listed<T> {
    /// The entries.
    items: Vec<T>,
    /// The cursor of the next part; none at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}
