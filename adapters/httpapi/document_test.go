package httpapi_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
)

// TestDocument compares the document with the routes: each is in the other, and
// tells what it is for.
func TestDocument(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	doc := w.want(http.StatusOK, w.ask("GET", "/openapi.json", ""))
	if doc.at("openapi") != "3.1.0" {
		t.Errorf("is OpenAPI %s", doc.at("openapi"))
	}
	var described, routed []string
	ids := map[string]bool{}
	for path, item := range doc.json["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			name := strings.ToUpper(method) + " " + path
			described = append(described, name)
			op := op.(map[string]any)
			id, _ := op["operationId"].(string)
			summary, _ := op["summary"].(string)
			if id == "" || ids[id] || summary == "" || op["tags"] == nil {
				t.Errorf("%s: id %q, summary %q, tags %v", name, id, summary, op["tags"])
			}
			ids[id] = true
			if description, _ := op["description"].(string); strings.HasPrefix(path, "/v1") && description == "" {
				t.Errorf("%s has no description", name)
			}
			if strings.HasPrefix(path, "/v1") && id != "foundOrganization" && (op["security"] == nil || op["responses"].(map[string]any)["401"] == nil) {
				t.Errorf("%s needs no token", name)
			}
		}
	}
	err := chi.Walk(w.http.(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		routed = append(routed, method+" "+route)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(described)
	slices.Sort(routed)
	if !slices.Equal(described, routed) {
		t.Errorf("described: %v\nrouted: %v", described, routed)
	}
	for _, ref := range regexp.MustCompile(`"#/components/schemas/([^"]+)"`).FindAllStringSubmatch(doc.text, -1) {
		if doc.json["components"].(map[string]any)["schemas"].(map[string]any)[ref[1]] == nil {
			t.Errorf("no schema %s", ref[1])
		}
	}
	for place, want := range map[string]string{
		"put assignUser":        `"enum":["owner","manager","agent"]`,
		"put putMember":         `"enum":["organization_admin",`,
		"put changePlan":        `"enum":["free",`,
		"post defineField":      `"enum":["text",`,
		"post createSpace":      `"enum":["email",`,
		"post issueCredential":  `"enum":["owner","manager","agent"]`,
		"post mergeContacts":    `"enum":["survivor","absorbed","cleared"]`,
		"post searchContacts":   `"enum":["name","-name",`,
		"post connectMailbox":   `"enum":["tls",`,
		"get listContacts":      `"enum":["name","-name",`,
		"get listInboxContacts": `"enum":["name","-name",`,
	} {
		method, id, _ := strings.Cut(place, " ")
		for _, item := range doc.json["paths"].(map[string]any) {
			op, _ := item.(map[string]any)[method].(map[string]any)
			if op["operationId"] != id {
				continue
			}
			told, _ := json.Marshal(op)
			if ref := regexp.MustCompile(`"requestBody".*?"#/components/schemas/([^"]+)"`).FindStringSubmatch(string(told)); ref != nil {
				told = []byte(doc.at("components", "schemas", ref[1]))
			}
			if !strings.Contains(string(told), want) {
				t.Errorf("%s does not say %s: %s", place, want, told)
			}
		}
	}
	if open := doc.at("paths", "/v1/spaces/{space}/contacts/{contact}/conversations/{channel}/open", "post", "responses", "415"); open != "null" {
		t.Errorf("what opens a conversation has a body: %s", open)
	}
	if doc.at("paths", "/v1/spaces/{space}/contacts/import", "post", "responses", "500") == "null" || doc.at("servers", 0, "url") != "/" {
		t.Errorf("servers: %s", doc.at("servers"))
	}
	if yaml := w.want(http.StatusOK, w.ask("GET", "/openapi.yaml", "")); !strings.Contains(yaml.text, "mergeContacts") {
		t.Errorf("in YAML: %s", yaml.text)
	}
}

// TestDocs reads the page, which needs nothing from anywhere, and may nothing
// but what it needs.
func TestDocs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.want(http.StatusOK, w.ask("GET", "/docs", "", "Authorization", ""))
	if outside := regexp.MustCompile(`(?i)<script|(src|href)="(https?:)?//|@import|url\(`).FindString(page.text); outside != "" {
		t.Errorf("needs %s", outside)
	}
	_, rest, _ := strings.Cut(page.text, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	policy := page.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
		t.Errorf("policy: %s", policy)
	}
	for _, told := range []string{"Merge another contact into this one", "/v1/spaces/{space}/contacts/{contact}/merge", "choices", `id="schema-Problem"`} {
		if !strings.Contains(page.text, told) {
			t.Errorf("does not tell of %s", told)
		}
	}
}
