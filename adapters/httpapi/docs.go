package httpapi

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
)

//go:embed docs.html
var page string

//go:embed docs.css
var style string

// docs serves the document of the API, and a page that is made of it here and
// needs nothing from anywhere else.
func (a *API) docs(r chi.Router, doc *huma.OpenAPI) {
	op := func(id, path, kind, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Tags: operationTag, Summary: summary, Responses: text(kind)}
	}
	own := sha256.Sum256([]byte(style))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(own[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	served := map[string][]byte{}
	for _, d := range []struct{ id, path, kind, summary string }{
		{"readDocument", "/openapi.json", "application/openapi+json", "Read the description of the API (OpenAPI 3.1)"},
		{"readDocumentYaml", "/openapi.yaml", "application/openapi+yaml", "Read the description of the API in YAML"},
		{"readDocs", "/docs", "text/html", "Read the description of the API as a page"},
	} {
		plain(r, doc, op(d.id, d.path, d.kind, d.summary), func(w http.ResponseWriter, _ *http.Request) {
			if d.kind == "text/html" {
				w.Header().Set("Content-Security-Policy", policy)
			}
			w.Header().Set("Content-Type", d.kind+"; charset=utf-8")
			_, _ = w.Write(served[d.path])
		})
	}
	served["/openapi.json"] = must(json.MarshalIndent(doc, "", "  "))
	served["/openapi.yaml"] = must(doc.YAML())
	served["/docs"] = must(render(doc))
}

// must is for what is made of the program itself, and so fails always or never.
func must(data []byte, err error) []byte {
	if err != nil {
		panic(fmt.Sprintf("httpapi: describe the API: %v", err))
	}
	return data
}

// render is the page that tells people of the document.
func render(doc *huma.OpenAPI) ([]byte, error) {
	var out strings.Builder
	t, err := template.New("docs").Funcs(template.FuncMap{"typed": typed, "named": named}).Parse(page)
	if err != nil {
		return nil, err
	}
	err = t.Execute(&out, struct {
		*huma.OpenAPI
		Style    template.CSS
		Chapters []chapter
	}{doc, template.CSS(style), chapters(doc)})
	return []byte(out.String()), err
}
