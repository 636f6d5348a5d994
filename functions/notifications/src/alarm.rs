//! Alarms, as CloudWatch tells them to the topic that the queue listens to.

use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::{EventId, Id};
use souk_runtime::sha256;
use uuid::Builder;

/// An alarm that changed its state.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Alarm {
    /// What it is called.
    pub(crate) alarm_name: String,
    /// What it means, and where to look.
    pub(crate) alarm_description: Option<String>,
    new_state_value: String,
    /// When.
    #[serde(rename = "StateChangeTime")]
    pub(crate) at: Timestamp,
}

impl Alarm {
    /// Whether it is on now, and not over.
    pub(crate) fn is_on(&self) -> bool {
        self.new_state_value == "ALARM"
    }

    /// The same in every repetition, and among other events in the order of time.
    pub(crate) fn id(&self) -> EventId {
        let told_apart = sha256(&format!("{} {}", self.alarm_name, self.at));
        let told_apart = told_apart.as_bytes().first_chunk().copied().unwrap_or_default();
        let since_1970 = u64::try_from(self.at.as_millisecond()).unwrap_or_default();
        EventId::from_uuid(Builder::from_unix_timestamp_millis(since_1970, &told_apart).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn alarm(name: &str, second: u8) -> Alarm {
        let at = format!("2026-11-21T11:44:{second:02}.123+0000");
        let told = json!({
            "AlarmName": name, "AlarmDescription": null, "AWSAccountId": "123456789012", "NewStateValue": "ALARM",
            "NewStateReason": "Threshold Crossed", "StateChangeTime": at, "OldStateValue": "OK",
        });
        serde_json::from_value(told).unwrap()
    }

    #[test]
    fn an_alarm_has_one_id_however_often_it_is_told_and_later_ones_have_later_ids() {
        assert_eq!(alarm("mail", 5).at, "2026-11-21T11:44:05.123Z".parse().unwrap());
        assert_eq!(alarm("mail", 5).id(), alarm("mail", 5).id());
        assert_ne!(alarm("mail", 5).id(), alarm("live", 5).id());
        assert!(alarm("mail", 5).id().to_string() < alarm("mail", 6).id().to_string());
    }
}
