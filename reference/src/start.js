// What Swagger UI would do otherwise: ask a validator on the Internet about the document, and keep nothing in the address
// that leads back to an operation.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#page",
  deepLinking: true,
  validatorUrl: null,
  displayRequestDuration: true,
});
