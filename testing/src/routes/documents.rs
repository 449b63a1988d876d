use std::collections::BTreeSet;

use serde_json::Value;

/// The members of a path in `openapi.yaml` that are operations
/// (<https://spec.openapis.org/oas/v3.1.0#path-item-object>); other members are shared by these.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The routes of `openapi.yaml`, as in `GET /api/{user_id}/tasks`.
pub fn documented(openapi: &Value) -> BTreeSet<String> {
    let operations = |(path, item)| {
        let methods = members(item).into_iter().map(|(name, _)| name).filter(|name| METHODS.contains(name));
        methods.map(move |method| format!("{} {path}", method.to_uppercase())).collect::<Vec<_>>()
    };
    members(&openapi["paths"]).into_iter().flat_map(operations).collect()
}

/// The routes of `template.yaml`, each with the binary of its function.
pub fn deployed(template: &Value) -> BTreeSet<(String, String)> {
    let route = |(event, binary): (&Value, &str)| {
        let properties = &event["Properties"];
        (format!("{} {}", text(&properties["Method"]), text(&properties["Path"])), binary.to_owned())
    };
    events(template, "HttpApi").into_iter().map(route).collect()
}

/// The schedules of `template.yaml`: each expression with its function's binary.
pub fn scheduled(template: &Value) -> BTreeSet<(String, String)> {
    let schedule = |(event, binary): (&Value, &str)| {
        (text(&event["Properties"]["ScheduleExpression"]).to_owned(), binary.to_owned())
    };
    events(template, "ScheduleV2").into_iter().map(schedule).collect()
}

/// The functions' events of a type, each with the binary of its function.
fn events<'a>(template: &'a Value, kind: &str) -> Vec<(&'a Value, &'a str)> {
    let functions = members(&template["Resources"]).into_iter().map(|(_, resource)| resource);
    functions
        .filter(|resource| text(&resource["Type"]) == "AWS::Serverless::Function")
        .flat_map(|function| {
            let binary = text(&function["Metadata"]["BuildProperties"]["Binary"]);
            members(&function["Properties"]["Events"]).into_iter().map(move |(_, event)| (event, binary))
        })
        .filter(|(event, _)| text(&event["Type"]) == kind)
        .collect()
}

fn members(mapping: &Value) -> Vec<(&str, &Value)> {
    let mapping = mapping.as_object().unwrap_or_else(|| panic!("not a mapping: {mapping}"));
    mapping.iter().map(|(name, value)| (name.as_str(), value)).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not text: {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn the_operations_of_an_openapi_document_are_its_routes() {
        let document = "
openapi: 3.1.0
paths:
  /health: { get: { operationId: health } }
  /api/{user_id}/tasks:
    parameters: []
    get: { operationId: list-tasks }
    post: { operationId: create-task }
";
        let routes = ["GET /health", "GET /api/{user_id}/tasks", "POST /api/{user_id}/tasks"];
        assert_eq!(documented(&yaml::text(document)), routes.map(ToOwned::to_owned).into());
    }

    #[test]
    fn the_events_of_a_templates_functions_are_its_routes_and_schedules() {
        let template = "
Resources:
  UpdateTask:
    Type: AWS::Serverless::Function
    Metadata:
      BuildProperties: { Binary: update-task }
    Properties:
      Environment: { Variables: { DATABASE_URL: !Ref DatabaseUrl } }
      Events:
        Put:
          Type: HttpApi
          Properties: { ApiId: !Ref Api, Method: PUT, Path: /tasks }
        Patch:
          Type: HttpApi
          Properties: { ApiId: !Ref Api, Method: PATCH, Path: /tasks }
  PurgeTrash:
    Type: AWS::Serverless::Function
    Metadata:
      BuildProperties: { Binary: purge-trash }
    Properties:
      Events:
        Weekly:
          Type: ScheduleV2
          Properties: { ScheduleExpression: rate(7 days) }
  Api:
    Type: AWS::Serverless::HttpApi
";
        let template = yaml::text(template);
        let routes = ["PUT /tasks", "PATCH /tasks"].map(|route| (route.to_owned(), "update-task".to_owned()));
        assert_eq!(deployed(&template), routes.into());
        assert_eq!(scheduled(&template), [("rate(7 days)".to_owned(), "purge-trash".to_owned())].into());
    }
}
