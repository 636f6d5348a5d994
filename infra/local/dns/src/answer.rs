//! Answers DNS queries.

use hickory_proto::{
    op::{Message, ResponseCode},
    rr::{
        Name, RData, Record, RecordType,
        rdata::{CNAME, TXT},
    },
};

use crate::{Records, Zone};

/// The TTL of an answer, in seconds.
const TTL: u32 = 1;

/// Returns the answer to a query with one question, or `None` if the message is not one.
pub(crate) fn answer(message: &[u8], zone: &Zone) -> Option<Vec<u8>> {
    let query = Message::from_vec(message).ok()?;
    let question = query.queries.first()?.clone();
    let mut answer = Message::response(query.metadata.id, query.metadata.op_code);
    answer.add_query(question.clone());
    answer.metadata.authoritative = true;
    answer.metadata.recursion_desired = query.metadata.recursion_desired;
    answer.metadata.recursion_available = true;
    let name = question.name().to_string().trim_end_matches('.').to_ascii_lowercase();
    match zone.names().get(&name) {
        None => answer.metadata.response_code = ResponseCode::NXDomain,
        Some(Records { broken: true, .. }) => answer.metadata.response_code = ResponseCode::ServFail,
        Some(records) => {
            answer.add_answers(matching(question.name(), question.query_type(), records));
        }
    }
    answer.to_vec().ok()
}

fn matching(name: &Name, kind: RecordType, records: &Records) -> Vec<Record> {
    let record = |data: RData| Record::from_rdata(name.clone(), TTL, data);
    let alias = records.cname.as_deref().and_then(|alias| Name::from_utf8(alias).ok());
    // A name with a CNAME record has no other records.
    if let Some(mut alias) = alias {
        alias.set_fqdn(true);
        return vec![record(RData::CNAME(CNAME(alias)))];
    }
    match kind {
        RecordType::TXT => records.txt.iter().map(|text| record(RData::TXT(TXT::new(vec![text.clone()])))).collect(),
        _ => Vec::new(),
    }
}
