// Two defaults of Swagger UI are changed: it would send the document to a validator on the Internet, and
// it would not put the current operation into the address.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#page",
  deepLinking: true,
  validatorUrl: null,
  displayRequestDuration: true,
});
