//! Where the parcels of an order go: an address of the shopper, one that the request has, or the shopper's default.

use std::borrow::Cow;

use deserr::{DeserializeError as _, Deserr, ErrorKind, IntoValue, Map as _, Value, ValuePointerRef, take_cf_content};
use schemars::{Schema, SchemaGenerator};
use souk_domain::{AddressId, DeliveryAddress, UserId};
use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Code, FieldErrors, JsonSchema, Problem};

/// The address of a request. An object with an `id` names one of the shopper's addresses; any other is an address itself.
#[derive(Debug, Clone)]
pub(crate) enum GivenAddress {
    /// One of the shopper's addresses.
    Kept(AddressId),
    /// An address that nobody keeps but the order.
    Inline(Box<DeliveryAddress>),
}

/// One of the shopper's addresses.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "KeptAddressId")]
#[expect(dead_code, reason = "describes what GivenAddress reads")]
struct ById {
    /// The id of the address.
    id: AddressId,
}

impl Deserr<FieldErrors> for GivenAddress {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let Value::Map(mut fields) = value else {
            return DeliveryAddress::deserialize_from_value(value, location)
                .map(|inline| Self::Inline(Box::new(inline)));
        };
        let Some(id) = fields.remove("id") else {
            let inline = DeliveryAddress::deserialize_from_value(Value::Map::<V>(fields), location)?;
            return Ok(Self::Inline(Box::new(inline)));
        };
        let mut errors = None;
        for (key, _) in fields.into_iter() {
            let unknown = ErrorKind::UnknownKey { key: &key, accepted: &["id"] };
            errors = Some(take_cf_content(FieldErrors::error::<V>(errors, unknown, location)));
        }
        let id = <AddressId as Deserr<FieldErrors>>::deserialize_from_value(id.into_value(), location.push_key("id"));
        match (id, errors) {
            (Ok(id), None) => Ok(Self::Kept(id)),
            (Ok(_), Some(errors)) => Err(errors),
            (Err(wrong), errors) => {
                let mut all = errors.unwrap_or_default();
                all.0.extend(wrong.0);
                Err(all)
            }
        }
    }
}

impl JsonSchema for GivenAddress {
    fn schema_name() -> Cow<'static, str> {
        "GivenAddress".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let kinds = [generator.subschema_for::<ById>(), generator.subschema_for::<DeliveryAddress>()];
        schemars::json_schema!({
            "description": "The id of one of the shopper's addresses, or an address that is kept with the order alone.",
            "anyOf": kinds,
        })
    }
}

/// Returns the address to which the parcels go. One read, unless the request has the address.
///
/// # Errors
/// `invalid_input`: the shopper has no such address, or the request has none and the shopper has no default.
pub(crate) async fn find(
    store: &Store,
    shopper: UserId,
    given: Option<&GivenAddress>,
) -> Result<DeliveryAddress, Problem> {
    let id = match given {
        Some(GivenAddress::Inline(address)) => return Ok((**address).clone()),
        Some(GivenAddress::Kept(id)) => Some(*id),
        None => None,
    };
    let mut book = store.addresses().of(shopper).await?;
    let found = id.or_else(|| book.default_address()).and_then(|id| book.entries.remove(&id));
    found.map(DeliveryAddress::from).ok_or_else(|| {
        let problem = Problem::new(Code::InvalidInput);
        match id {
            Some(_) => problem.field("/address/id", "not_found", "must be one of your addresses"),
            None => problem.field("/address", "required", "is required, because you have no address"),
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: serde_json::Value) -> Result<GivenAddress, Vec<(String, String)>> {
        deserr::deserialize::<GivenAddress, _, FieldErrors>(value).map_err(|errors| {
            errors.0.into_iter().map(|error| (error.pointer, error.code.into_owned())).collect::<Vec<_>>()
        })
    }

    fn error(pointer: &str, code: &str) -> (String, String) {
        (pointer.to_owned(), code.to_owned())
    }

    #[test]
    fn an_object_with_an_id_names_an_address_and_any_other_is_one() {
        let id = "addr_0192f3a4b5c67d8e9fa0b1c2d3e4f5a6";
        assert!(matches!(read(json!({ "id": id })), Ok(GivenAddress::Kept(kept)) if kept.to_string() == id));
        let inline = json!({ "name": "Ann Lee", "street": "Kiln Lane 7", "city": "Hong Kong", "country": "HK" });
        let Ok(GivenAddress::Inline(address)) = read(inline) else { panic!("an address") };
        assert_eq!((address.city.as_str(), address.zip), ("Hong Kong", None));
    }

    #[test]
    fn every_mistake_in_an_address_is_named() {
        let id = json!({ "id": "addr_1", "city": "Potsdam" });
        assert_eq!(read(id).unwrap_err(), [error("/city", "unknown"), error("/id", "malformed")]);
        let inline = json!({ "name": "Ann Lee", "street": "", "city": "Potsdam", "country": "DE", "label": "Home" });
        assert_eq!(read(inline).unwrap_err(), [error("/label", "unknown"), error("/street", "empty")]);
        let no_zip = json!({ "name": "Ann Lee", "street": "Kiln Lane 7", "city": "Potsdam", "country": "DE" });
        assert_eq!(read(no_zip).unwrap_err(), [error("/zip", "missing")]);
        assert_eq!(read(json!("Potsdam")).unwrap_err(), [error("", "wrong_type")]);
    }
}
