//! A form with which a client uploads one object directly to the bucket: S3's POST policy, signed with Signature
//! Version 4 (<https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html>).
//!
//! It is a POST form and not a presigned PUT, because only a policy lets S3 refuse files that are too large. The SDK
//! cannot sign policies, so it is done here.

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use aws_sdk_s3::config::Credentials;
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use serde_json::json;

/// A signed form: `multipart/form-data` with every field, then the content as `file`, last.
#[derive(Clone, PartialEq, Eq)]
pub struct UploadForm {
    /// The URL to POST to.
    pub url: String,
    /// The form's fields, by name.
    pub fields: BTreeMap<String, String>,
    /// When the form expires.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for UploadForm {
    /// Prints no fields, because they give the right to upload.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UploadForm")
            .field("url", &self.url)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// The permission that a form grants.
pub(crate) struct Permission<'a> {
    pub(crate) bucket: &'a str,
    pub(crate) region: &'a str,
    pub(crate) key: &'a str,
    pub(crate) content_type: &'a str,
    /// The largest content, in bytes. The smallest is one byte.
    pub(crate) max_bytes: u64,
    pub(crate) expires_at: Timestamp,
}

impl Permission<'_> {
    /// Returns the fields of a form that S3 accepts from `now` until the permission expires.
    pub(crate) fn sign(&self, credentials: &Credentials, now: Timestamp) -> BTreeMap<String, String> {
        let date = now.strftime("%Y%m%d").to_string();
        let scope = format!("{date}/{}/s3/aws4_request", self.region);

        let mut fields = BTreeMap::from([
            ("key", self.key.to_owned()),
            ("Content-Type", self.content_type.to_owned()),
            ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
            ("x-amz-credential", format!("{}/{scope}", credentials.access_key_id())),
            ("x-amz-date", now.strftime("%Y%m%dT%H%M%SZ").to_string()),
        ]);
        // The temporary credentials of a function are only valid together with their token.
        if let Some(token) = credentials.session_token() {
            fields.insert("x-amz-security-token", token.to_owned());
        }

        // Every field is a condition with its exact value: S3 refuses fields without a condition.
        let mut conditions: Vec<_> = fields.iter().map(|(name, value)| json!({ *name: value })).collect();
        conditions.push(json!({ "bucket": self.bucket }));
        conditions.push(json!(["content-length-range", 1, self.max_bytes]));
        let expiration = self.expires_at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
        let policy = BASE64_STANDARD.encode(json!({ "expiration": expiration, "conditions": conditions }).to_string());

        fields.insert("x-amz-signature", signature(credentials.secret_access_key(), &date, self.region, &policy));
        fields.insert("policy", policy);
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Returns the signature of a policy in Base64. The encoded policy is itself the string to sign.
fn signature(secret: &str, date: &str, region: &str, policy: &str) -> String {
    let hmac = |key: &[u8], data: &str| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data.as_bytes());
    let mut key = hmac(format!("AWS4{secret}").as_bytes(), date);
    for part in [region, "s3", "aws4_request"] {
        key = hmac(key.as_ref(), part);
    }
    hex::encode(hmac(key.as_ref(), policy))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key pair, policy and signature of <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html>.
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    const POLICY: &str = "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7Im\
        J1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFj\
        bCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbW\
        F6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0s\
        DQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQU\
        VTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJ\
        QUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUz\
        QtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9";

    fn permission() -> Permission<'static> {
        Permission {
            bucket: "souk-media",
            region: "eu-central-1",
            key: "uploads/med_1",
            content_type: "image/jpeg",
            max_bytes: 10_000_000,
            expires_at: "2026-01-02T03:14:05.678Z".parse().unwrap(),
        }
    }

    fn now() -> Timestamp {
        "2026-01-02T03:04:05.678Z".parse().unwrap()
    }

    #[test]
    fn a_policy_is_signed_as_in_the_documented_example() {
        assert_eq!(
            signature(SECRET, "20151229", "us-east-1", POLICY),
            "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"
        );
    }

    #[test]
    fn the_policy_covers_every_field_the_bucket_and_the_size() {
        let credentials = Credentials::new("AKIDEXAMPLE", SECRET, Some("token".to_owned()), None, "test");
        let fields = permission().sign(&credentials, now());

        let policy = BASE64_STANDARD.decode(&fields["policy"]).unwrap();
        let policy: serde_json::Value = serde_json::from_slice(&policy).unwrap();
        assert_eq!(
            policy,
            json!({
                "expiration": "2026-01-02T03:14:05.000Z",
                "conditions": [
                    { "Content-Type": "image/jpeg" },
                    { "key": "uploads/med_1" },
                    { "x-amz-algorithm": "AWS4-HMAC-SHA256" },
                    { "x-amz-credential": "AKIDEXAMPLE/20260102/eu-central-1/s3/aws4_request" },
                    { "x-amz-date": "20260102T030405Z" },
                    { "x-amz-security-token": "token" },
                    { "bucket": "souk-media" },
                    ["content-length-range", 1, 10_000_000],
                ]
            })
        );
        for condition in policy["conditions"].as_array().unwrap().iter().filter_map(|c| c.as_object()) {
            for (name, value) in condition.iter().filter(|(name, _)| *name != "bucket") {
                assert_eq!(fields[name], value.as_str().unwrap());
            }
        }
        assert_eq!(fields["x-amz-signature"], signature(SECRET, "20260102", "eu-central-1", &fields["policy"]));
    }

    #[test]
    fn permanent_credentials_leave_the_token_out() {
        let credentials = Credentials::new("AKIDEXAMPLE", SECRET, None, None, "test");
        assert!(!permission().sign(&credentials, now()).contains_key("x-amz-security-token"));
    }
}
