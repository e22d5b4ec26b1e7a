//! The description of the interface, made of the same table as the routes.

use actix_web::{HttpResponse, http::header, web};
use utoipa::{
    OpenApi as _,
    openapi::{
        Components, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, Ref, RefOr,
        ResponseBuilder, ResponsesBuilder,
        path::{Operation, ParameterIn},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::problem::{self, Problem, ProblemFault};

const PATH: &str = "/api/openapi.json";

/// The OpenAPI document.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = super::Paths::openapi();
    document.info = InfoBuilder::new()
        .title("文枢 Wenshu")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "府院联动文书交换接口。约定见 docs/api.md：分页用 limit 与 cursor；修改须带 If-Match；\
             POST 可带 Idempotency-Key；错误为 application/problem+json。",
        ))
        .license(Some(
            LicenseBuilder::new()
                .name("Apache-2.0")
                .identifier(Some("Apache-2.0"))
                .build(),
        ))
        .build();
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme(
        "bearer",
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("JWT")
                .build(),
        ),
    );
    components.add_security_scheme(
        "client",
        SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Basic).build()),
    );
    let described = Described::openapi();
    if let Some(more) = described.components {
        components.schemas.extend(more.schemas);
    }
    for (path, item) in &mut document.paths.paths {
        let operations = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
            ("options", &mut item.options),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                leave_out_what_cannot_be(path, method == "get", operation);
                operation.operation_id = Some(operation_id(method, path));
            }
        }
    }
    document
}

/// A name for an operation that no other one has, from its method and path.
fn operation_id(method: &str, path: &str) -> String {
    let path = path.strip_prefix("/api/v1/").unwrap_or(path);
    let words = path.split(['/', '-', '.']).filter(|word| !word.is_empty());
    let mut id = method.to_owned();
    for word in words {
        match word
            .strip_prefix('{')
            .and_then(|word| word.strip_suffix('}'))
        {
            Some(parameter) => id.extend(["_by_", parameter]),
            None => id.extend(["_", word]),
        }
    }
    id
}

/// [`Refusals`] lists every problem there is; this takes away those that an operation cannot
/// answer with, as its path, its parameters and its body tell.
fn leave_out_what_cannot_be(path: &str, reads: bool, operation: &mut Operation) {
    let has_body = operation.request_body.is_some();
    let is_guarded = operation.security.is_some();
    let admits = path.contains("/auth/") || path.ends_with("/setup");
    let names_one = path.contains('{');
    let parameters = || {
        let all = operation.parameters.iter().flatten();
        all.filter_map(|one| match one {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
    };
    let takes_parameters = parameters().any(|one| one.parameter_in == ParameterIn::Query);
    let is_conditional = parameters().any(|one| one.name == "If-Match");
    let is_upload = path.starts_with("/api/v1/uploads");
    operation
        .responses
        .responses
        .retain(|status, _| match status.as_str() {
            "401" | "403" => is_guarded || admits,
            "404" => names_one || admits,
            "405" => false,
            "408" | "413" | "415" => has_body,
            "409" => !reads,
            "422" => !reads || takes_parameters,
            "410" | "423" | "460" => is_upload,
            "412" => is_conditional || is_upload,
            "428" => is_conditional,
            _ => true,
        });
}

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(Problem, ProblemFault)))]
struct Described;

/// The problems that an operation may answer with; [`document`] leaves out those that it cannot.
pub struct Refusals;

impl utoipa::IntoResponses for Refusals {
    fn responses() -> std::collections::BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let mut responses = ResponsesBuilder::new();
        for kind in problem::ALL {
            let alike = problem::ALL.iter().filter(|one| one.status == kind.status);
            let titles: Vec<_> = alike.map(|one| one.title).collect();
            let content = ContentBuilder::new()
                .schema(Some(RefOr::Ref(Ref::from_schema_name("Problem"))))
                .build();
            let response = ResponseBuilder::new()
                .description(titles.join("；"))
                .content("application/problem+json", content)
                .build();
            responses = responses.response(kind.status.to_string(), response);
        }
        responses.build().responses.into_iter().collect()
    }
}

/// Serves the document, a page to browse it that needs nothing from elsewhere, and a page for
/// each type of problem.
pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .route(PATH, web::get().to(serve))
        .route("/api/docs", web::get().to(to_docs))
        .service(
            SwaggerUi::new("/api/docs/{_:.*}").config(Config::new([PATH]).validator_url("none")),
        )
        .route("/problems/{slug}", web::get().to(explain));
}

async fn serve() -> HttpResponse {
    HttpResponse::Ok().json(document())
}

async fn to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, "/api/docs/"))
        .finish()
}

async fn explain(slug: web::Path<String>) -> Result<HttpResponse, Problem> {
    let slug = slug.into_inner();
    let found = problem::ALL.iter().find(|kind| kind.slug == slug);
    let kind = found.ok_or_else(super::not_found)?;
    let page = format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>{title}</title>\
         <h1>{title}</h1><p>HTTP {status} · <code>/problems/{slug}</code></p><p>{advice}</p>\
         <p><a href=\"/api/docs/\">接口文档</a></p></html>",
        title = kind.title,
        status = kind.status,
        advice = kind.advice,
    );
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(page))
}
