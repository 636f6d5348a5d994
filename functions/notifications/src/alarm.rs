//! Alarms, as CloudWatch publishes them to the topic that the queue subscribes to.

use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::{EventId, Id};
use souk_runtime::sha256;
use uuid::Builder;

/// An alarm that changed its state.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Alarm {
    /// The name of the alarm.
    pub(crate) alarm_name: String,
    /// The meaning of the alarm, and where to look.
    pub(crate) alarm_description: Option<String>,
    new_state_value: String,
    /// When the state changed.
    #[serde(rename = "StateChangeTime")]
    pub(crate) at: Timestamp,
}

impl Alarm {
    /// Returns `true` if the alarm is on, and `false` if it is over.
    pub(crate) fn is_on(&self) -> bool {
        self.new_state_value == "ALARM"
    }

    /// Returns an id for this change of state. A repeated message has the same id, and ids sort in the order of time.
    pub(crate) fn id(&self) -> EventId {
        let hash = sha256(&format!("{} {}", self.alarm_name, self.at));
        let random_bytes = hash.as_bytes().first_chunk().copied().unwrap_or_default();
        let since_1970 = u64::try_from(self.at.as_millisecond()).unwrap_or_default();
        EventId::from_uuid(Builder::from_unix_timestamp_millis(since_1970, &random_bytes).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn alarm(name: &str, second: u8) -> Alarm {
        let at = format!("2026-11-21T11:44:{second:02}.123+0000");
        let message = json!({
            "AlarmName": name, "AlarmDescription": null, "AWSAccountId": "123456789012", "NewStateValue": "ALARM",
            "NewStateReason": "Threshold Crossed", "StateChangeTime": at, "OldStateValue": "OK",
        });
        serde_json::from_value(message).unwrap()
    }

    #[test]
    fn a_repeated_alarm_keeps_its_id_and_a_later_one_has_a_later_id() {
        assert_eq!(alarm("mail", 5).at, "2026-11-21T11:44:05.123Z".parse().unwrap());
        assert_eq!(alarm("mail", 5).id(), alarm("mail", 5).id());
        assert_ne!(alarm("mail", 5).id(), alarm("live", 5).id());
        assert!(alarm("mail", 5).id().to_string() < alarm("mail", 6).id().to_string());
    }
}
