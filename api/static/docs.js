// Starts Swagger UI; a file of its own, because the page's policy allows no inline script.
const target = document.getElementById("docs");
SwaggerUIBundle({
  url: target.dataset.url,
  domNode: target,
  deepLinking: true,
  tryItOutEnabled: true,
  // The default validator would send the description to another host.
  validatorUrl: "none",
});
