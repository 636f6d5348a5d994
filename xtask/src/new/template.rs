//! The entry of a new function in the template of its service.

use super::{NewFunction, NewKind, Refused};

/// The template with the function, its policy and what calls it.
pub(super) fn with(new: &NewFunction, old: &str) -> Result<String, Refused> {
    let routed = matches!(new.kind, NewKind::Endpoint | NewKind::Socket);
    if !routed {
        return Ok(insert_resource(old, &resource(new)));
    }
    let missing = |what: &str| {
        let service = &new.service;
        Refused(format!(
            "infra/{service}.yaml has no {what}: copy it from infra/shops.yaml, it is the service's first route"
        ))
    };
    let template = route(new, old).ok_or_else(|| missing("`Routes:` mapping"))?;
    let template = listed(new, &template).ok_or_else(|| missing("`Fn::ForEach::Routes`"))?;
    let template = allowed(new, &template).ok_or_else(|| missing("`InvokeRole`"))?;
    Ok(insert_resource(&template, &resource(new)))
}

/// The template with the route at the end of the mapping `Routes`.
fn route(new: &NewFunction, old: &str) -> Option<String> {
    let (method, path) = new.route.as_ref()?;
    let key = format!("{method} {path}");
    let key = key.trim();
    // YAML reads braces as a mapping, and `$` is harmless in quotes.
    let quoted = if key.contains('{') || key.starts_with('$') { format!("'{key}'") } else { key.to_owned() };
    let start = old.find("  Routes:\n")?;
    let end = start + old[start..].find("\n\n")? + 1;
    Some(format!("{}    {}: {{Key: {quoted}}}\n{}", &old[..end], new.type_name(), &old[end..]))
}

/// The template with the function in the list of `Fn::ForEach::Routes`, wrapped as the others are.
fn listed(new: &NewFunction, old: &str) -> Option<String> {
    let start = old.find("  Fn::ForEach::Routes:\n")?;
    let open = start + old[start..].find('[')?;
    let close = open + old[open..].find(']')?;
    let name = new.type_name();
    let names = old[open + 1..close].split(',').map(str::trim).filter(|each| !each.is_empty()).chain([name.as_str()]);
    let mut lines = vec![String::new()];
    for each in names {
        let line = lines.last()?;
        if line.len() + each.len() > 105 {
            lines.push(String::new());
        }
        let line = lines.last_mut()?;
        line.push_str(if line.is_empty() { "        " } else { " " });
        line.push_str(each);
        line.push(',');
    }
    Some(format!("{}[\n{}\n      ]{}", &old[..open], lines.join("\n"), &old[close + 1..]))
}

/// The template whose `InvokeRole` may call the function: its ARN after the last one of the role.
fn allowed(new: &NewFunction, old: &str) -> Option<String> {
    let start = old.find("  InvokeRole:\n")?;
    let last = start + old[start..].rfind("- !GetAtt ")?;
    let indent = last - old[..last].rfind('\n')? - 1;
    let end = last + old[last..].find('\n')? + 1;
    Some(format!("{}{}- !GetAtt {}.Arn\n{}", &old[..end], " ".repeat(indent), new.type_name(), &old[end..]))
}

/// The resources stand before the loop of the routes or, in a template without routes, at the end.
fn insert_resource(old: &str, resource: &str) -> String {
    let end =
        ["  Fn::ForEach::Routes:\n", "\nOutputs:\n"].into_iter().find_map(|mark| old.find(mark)).unwrap_or(old.len());
    let (before, after) = old.split_at(end);
    let after = if after.is_empty() || after.starts_with('\n') { after.to_owned() } else { format!("\n{after}") };
    format!("{}\n\n{resource}{after}", before.trim_end())
}

/// The function with the least policy: an endpoint that has a store reads the public keys, and nothing else.
fn resource(new: &NewFunction) -> String {
    let (name, binary) = (new.type_name(), new.binary());
    let head = format!(
        "  {name}:\n    Type: AWS::Serverless::Function\n    Properties:\n      \
         FunctionName: !Sub ${{Prefix}}-{binary}\n      CodeUri: ../target/lambda/{binary}/bootstrap.zip\n"
    );
    let statement = |action: &str, keys: &str| {
        format!(
            "            - Effect: Allow\n              Action: [{action}]\n              Resource: !Ref TableArn\n              \
             Condition: {{'ForAllValues:StringLike': {{'dynamodb:LeadingKeys': [{keys}]}}}}\n"
        )
    };
    let policies = |statements: &str| format!("      Policies:\n        - Statement:\n{statements}");
    match new.kind {
        NewKind::Endpoint => head + &policies(&statement("dynamodb:GetItem", "KEYS")),
        NewKind::Socket => head + &policies(&statement("dynamodb:GetItem", "'SOCKET#*'")),
        NewKind::Schedule => format!(
            "{head}      Timeout: 60\n      EventInvokeConfig: {{MaximumRetryAttempts: 0}} # the next run is the retry\n      \
             Events:\n        EveryHour:\n          Type: ScheduleV2\n          Properties:\n            \
             Name: !Sub ${{Prefix}}-{binary}\n            ScheduleExpression: rate(1 hour)\n            \
             RetryPolicy: {{MaximumRetryAttempts: 0}}\n{}",
            policies(&statement("dynamodb:GetItem", "'TODO#*'"))
        ),
        NewKind::Consumer | NewKind::BatchConsumer => {
            let batch = if new.kind == NewKind::Consumer {
                "      BatchSize: 10\n"
            } else {
                "      BatchSize: 1000\n      MaximumBatchingWindowInSeconds: 1\n"
            };
            format!(
                "{head}{}\n  {name}Source:\n    Type: AWS::Lambda::EventSourceMapping\n    Properties:\n      \
                 FunctionName: !Ref {name}\n      EventSourceArn: !Ref TodoQueueArn\n{batch}      \
                 FunctionResponseTypes: [ReportBatchItemFailures]\n",
                policies(&statement("dynamodb:GetItem", "'TODO#*'"))
            )
        }
        NewKind::Deployment => format!(
            "{head}{}\n  {name}Run:\n    Type: Custom::{name}\n    Properties:\n      ServiceToken: !GetAtt {name}.Arn\n",
            policies(&statement("dynamodb:GetItem", "'TODO#*'"))
        ),
    }
}
