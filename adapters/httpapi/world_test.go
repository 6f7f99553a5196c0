package httpapi_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"skein/adapters/httpapi"
	"skein/adapters/memory"
	"skein/adapters/postgres/postgrestest"
	"skein/commands"
	"skein/domain"
	"skein/domain/credential"
	"skein/domain/mailbox"
	"skein/domain/organization"
	"skein/domain/space"
	"skein/projections"
)

// world is the whole system behind its API, with a journal in memory.
type world struct {
	*httpapi.API
	t       testing.TB
	journal *memory.Journal
	http    http.Handler
	org     organization.ID
	space   space.ID
	token   string // of ada, who is in org
	address string // that requests come from
	log     bytes.Buffer
}

// system is for what the test does itself.
var system = domain.By{Actor: "system:test"}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := commandsOnly(t)
	db := postgrestest.Open(t)
	w.DB = db
	w.Projectors = map[string]*projections.Projector{
		"contacts":    {Name: "contacts", Projection: projections.Contacts{}, DB: db},
		"spaces":      {Name: "spaces", Projection: projections.Spaces{}, DB: db},
		"credentials": {Name: "credentials", Projection: projections.Credentials{}, DB: db},
		"audit":       {Name: "audit", Projection: projections.Audit{}, DB: db},
		"suggestions": {Name: "suggestions", Projection: projections.Suggestions{}, DB: db},
		"erasures":    {Name: "erasures", Projection: projections.Erasures{}, DB: db},
		"mailboxes":   {Name: "mailboxes", Projection: projections.Mailboxes{}, DB: db},
	}
	w.Commands.Gate = &projections.Gate{Contacts: w.Projectors["contacts"], End: func(context.Context) (domain.Position, error) {
		at := w.end()
		w.follow()
		return at, nil
	}}
	w.Commands.Ground = w.journal
	w.Commands.Showing = &projections.Showing{Contacts: w.Projectors["contacts"], End: w.Commands.Gate.(*projections.Gate).End}
	w.space = w.newSpace(w.org, "Berlin")
	w.follow()
	return w
}

// commandsOnly is a world that answers no queries.
func commandsOnly(t testing.TB) *world {
	w := &world{t: t, journal: new(memory.Journal)}
	w.API = &httpapi.API{
		Commands: &commands.Handler{Journal: w.journal, Now: time.Now, NewID: newID, Hash: hash, Mail: post{}, Seal: glass{}},
		Ready:    func(context.Context) (domain.Position, error) { return w.end(), nil },
		Records:  w.journal,
		News:     w.journal,
		Log:      slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Version:  "test",
		Patience: 20 * time.Millisecond,
	}
	w.http = w.Handler()
	w.org, w.token = w.newOrganization("Analytical Engines", "ada")
	return w
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// newOrganization founds an organization with a credential for somebody in it.
func (w *world) newOrganization(name, holder string) (organization.ID, string) {
	w.t.Helper()
	org, id := organization.ID(newID()), credential.ID(newID())
	token, hash := httpapi.NewToken(id)
	if _, err := w.Commands.FoundOrganization(context.Background(), system, org, organization.Found{Name: name}); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Commands.Organization(context.Background(), system, org, organization.Join{User: organization.UserID(holder), Role: organization.Admin}); err != nil {
		w.t.Fatal(err)
	}
	cmd := credential.Issue{Organization: org, Holder: domain.Actor(holder), Hash: hash}
	if _, err := w.Commands.IssueCredential(context.Background(), system, id, cmd); err != nil {
		w.t.Fatal(err)
	}
	return org, token
}

func (w *world) newSpace(org organization.ID, name string) space.ID {
	w.t.Helper()
	id, _, err := w.Commands.CreateSpace(context.Background(), system, space.Create{Organization: org, Name: name})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *world) end() domain.Position { return domain.Position(len(w.journal.All(0))) }

// follow lets the projections show all of the journal.
func (w *world) follow() {
	w.t.Helper()
	for _, p := range w.Projectors {
		page := projections.Page{Events: w.journal.All(p.Reached())}
		if len(page.Events) == 0 {
			continue
		}
		page.End = page.Events[len(page.Events)-1].Position
		if err := p.Follow(context.Background(), page); err != nil {
			w.t.Fatal(err)
		}
	}
}

// reply is an answer as a client reads it.
type reply struct {
	*http.Response
	text string
	json map[string]any
}

// ask asks for something and follows the journal afterwards. In path, {org} and
// {space} stand for the world's own. The headers are pairs.
func (w *world) ask(method, path, body string, headers ...string) reply {
	w.t.Helper()
	answer := w.askIn(context.Background(), method, path, body, headers...)
	w.follow()
	return answer
}

// askIn asks for something in a context, and follows nothing.
func (w *world) askIn(ctx context.Context, method, path, body string, headers ...string) reply {
	w.t.Helper()
	path = strings.NewReplacer("{org}", string(w.org), "{space}", string(w.space)).Replace(path)
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	r.RemoteAddr = cmp.Or(w.address, r.RemoteAddr)
	r.Header.Set("Authorization", "Bearer "+w.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	out := httptest.NewRecorder()
	w.http.ServeHTTP(caughtUp{out, leave}, r)
	return read(w.t, out.Result())
}

// caughtUp is somebody who leaves a stream once they know all there was to be told.
type caughtUp struct {
	*httptest.ResponseRecorder
	leave func()
}

// Flush implements http.Flusher.
func (c caughtUp) Flush() {
	c.ResponseRecorder.Flush()
	told := strings.TrimSuffix(c.Body.String(), "\n\n")
	if strings.HasPrefix(told[strings.LastIndexByte(told, '\n')+1:], "id: ") {
		c.leave()
	}
}

func read(t testing.TB, r *http.Response) reply {
	t.Helper()
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := reply{Response: r, text: string(text)}
	_ = json.Unmarshal(text, &answer.json) // what is not JSON stays a text
	return answer
}

// want fails the test unless the answer has the status; it returns the answer.
func (w *world) want(status int, answer reply) reply {
	w.t.Helper()
	if answer.StatusCode != status {
		w.t.Fatalf("answered %d %s, want %d; log: %s", answer.StatusCode, answer.text, status, w.log.String())
	}
	return answer
}

// at is the value at a path of keys in an answer, in JSON.
func (r reply) at(path ...any) string {
	var v any = r.json
	for _, key := range path {
		switch key := key.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[key]
		case int:
			list, _ := v.([]any)
			if key >= len(list) {
				return "nothing"
			}
			v = list[key]
		}
	}
	if text, ok := v.(string); ok {
		return text
	}
	data, _ := json.Marshal(v)
	return string(data)
}

// contact adds a contact and returns its id.
func (w *world) contact(fields string) string {
	w.t.Helper()
	return w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/contacts", `{"fields":`+fields+`}`)).at("id")
}

// merge merges two contacts, of which the survivor keeps what names it.
func (w *world) merge(survivor, absorbed string) {
	w.t.Helper()
	merge := "/v1/spaces/{space}/contacts/" + survivor + "/merge"
	choices := map[string]string{}
	var p struct {
		Choose []string `json:"must_choose"`
	}
	if err := json.Unmarshal([]byte(w.want(http.StatusOK, w.ask("POST", merge+"/preview", `{"absorb":"`+absorbed+`"}`)).text), &p); err != nil {
		w.t.Fatal(err)
	}
	for _, field := range p.Choose {
		choices[field] = "survivor"
	}
	chosen, _ := json.Marshal(choices)
	w.want(http.StatusOK, w.ask("POST", merge, `{"absorb":"`+absorbed+`","choices":`+string(chosen)+`}`))
}

// post is mail servers: one that works, one that is dead, one that fails.
type post struct{}

var errNoAnswer = domain.Refuse(domain.Invalid, "mailbox_unreachable", "The server does not answer. Check host and port.")

func (post) Try(_ context.Context, a mailbox.Account, _ string) ([]mailbox.Folder, error) {
	switch a.Host {
	case "dead.example.org":
		return nil, errNoAnswer.Where("/host")
	case "odd.example.org":
		return nil, errors.New("something within")
	}
	return []mailbox.Folder{{Path: "INBOX", Use: "inbox", Selectable: true, Messages: 3}}, nil
}

func (post) Read(context.Context, mailbox.Account, string, string, mailbox.Cursor) iter.Seq2[commands.Mailed, error] {
	return func(func(commands.Mailed, error) bool) {}
}

func (post) Pick(context.Context, mailbox.Account, string, string, uint32, []uint32) iter.Seq2[commands.Mailed, error] {
	return func(func(commands.Mailed, error) bool) {}
}

// glass seals nothing, so that a password that gets anywhere can be found there.
type glass struct{}

func (glass) Seal(secret, _ []byte) ([]byte, error) {
	return []byte(fmt.Sprintf("sealed%d", len(secret))), nil
}
func (glass) Unseal(sealed, _ []byte) ([]byte, error) { return sealed, nil }

// turnClock stops the clock; what it returns turns it on.
func (w *world) turnClock() func(time.Duration) {
	now := time.Now()
	w.Commands.Now = func() time.Time { return now }
	return func(d time.Duration) { now = now.Add(d) }
}
