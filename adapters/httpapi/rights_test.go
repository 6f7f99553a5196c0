package httpapi_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// The roles that somebody can have: in the organization, in the space, elsewhere.
const (
	admin, billing, users, member = "organization_admin", "billing_admin", "user_admin", "member"
	owner, manager, agent         = "owner", "manager", "agent"
	stranger                      = "stranger" // an administrator of another organization

	program = "credential of the space: " // before its role
)

var (
	ofOrganization = []string{admin, billing, users, member}
	ofSpace        = []string{admin, owner, manager, agent}
	overseers      = []string{admin, billing, users}
	builders       = []string{admin, users}
	leaders        = []string{admin, owner, manager}
)

// rights says of every operation who may do it, beside what body it takes. It is
// written by hand: an operation without a row fails the test.
var rights = map[string]struct {
	may         []string
	body, query string
}{
	"readOrganization": {may: overseers},
	"listAudit":        {may: []string{admin}},
	"exportAudit":      {may: []string{admin}},
	"changePlan":       {may: []string{admin, billing}, body: `{"plan":"enterprise"}`},
	"switchModule":     {may: []string{admin, billing}, body: `{"on":true}`},
	"listMembers":      {may: overseers},
	"putMember":        {may: builders, body: `{"role":"member"}`},
	"removeMember":     {may: builders},
	"issueToken":       {may: builders, body: `{}`},
	"revokeToken":      {may: builders},
	"listTokens":       {may: builders},
	"createSpace":      {may: builders, body: `{"name":" "}`},
	"listSpaces":       {may: overseers},
	"readSpace":        {may: overseers},
	"assignUser":       {may: builders, body: `{"role":"agent"}`},
	"deleteSpace":      {may: builders, body: `{"confirm":"x"}`},
	"listDeletions":    {may: overseers},
	"exportSpace":      {may: []string{admin, owner}},
	"readUsage":        {may: []string{admin, billing}},
	"unassignUser":     {may: builders},
	"editSpace":        {may: builders, body: `{}`},
	"inviteUsers":      {may: builders, body: `{"users":[{"user":"kit","role":"agent"}]}`},
	"listUserSpaces":   {may: overseers},

	"defineField":       {may: []string{admin, owner}, body: `{"key":"city","type":"text"}`},
	"listFields":        {may: ofSpace},
	"readIdentifiers":   {may: ofSpace},
	"changeIdentifiers": {may: []string{admin, owner}, body: `{"unique":["shoe"]}`},
	"lookUpIdentifier":  {may: leaders, body: `{"identifier":"email","value":"x@example.org"}`},
	"issueCredential":   {may: []string{admin, owner}, body: `{"label":"x","role":"king"}`},
	"listCredentials":   {may: []string{admin, owner}},
	"rotateCredential":  {may: []string{admin, owner}, body: `{}`},
	"revokeCredential":  {may: []string{admin, owner}},
	"addChannel":        {may: []string{admin, owner}, body: `{"key":"chat"}`},
	"listChannels":      {may: ofSpace},
	"setAutoMerge":      {may: []string{admin, owner}, body: `{"on":false}`},
	"readAutoMerge":     {may: ofSpace},
	"receiveMessage":    {may: ofSpace, body: `{"identity":"x"}`},
	"readMessages":      {may: ofSpace},
	"noteMessage":       {may: ofSpace, body: `{"channel":"email"}`},
	"addComment":        {may: ofSpace, body: `{"text":"x"}`},
	"noteEvent":         {may: ofSpace, body: `{"name":"x"}`},
	"openConversation":  {may: ofSpace},
	"closeConversation": {may: ofSpace, body: `{"reason":"x"}`},
	"identifyContact":   {may: leaders, body: `{}`},
	"createContact":     {may: leaders, body: `{}`},
	"listContacts":      {may: leaders},
	"searchContacts":    {may: leaders, body: `{}`},
	"readContact":       {may: ofSpace},
	"editContact":       {may: leaders, body: `{}`},
	"deleteContact":     {may: leaders, query: confirmed},
	"previewErasure":    {may: leaders},
	"eraseContact":      {may: leaders, body: `{"token":"x"}`},
	"listErasures":      {may: leaders},
	"tagContacts":       {may: leaders, body: `{"contacts":["x"],"tag":["x"]}`},
	"importContacts":    {may: leaders, body: "\n"},
	"mergeContacts":     {may: leaders, body: `{"absorb":"x"}`},
	"mergeMany":         {may: leaders, body: `{"absorb":["x","y"]}`},
	"previewMerge":      {may: leaders, body: `{"absorb":"x"}`},
	"unmergeContact":    {may: leaders, body: `{}`},
	"previewUnmerge":    {may: leaders, body: `{}`},
	"undoMerge":         {may: leaders, body: `{}`},
	"splitContact":      {may: leaders, body: `{"fields":["email"]}`},
	"readHistory":       {may: leaders},
	"readContactAsOf":   {may: leaders},
	"compareContact":    {may: leaders},
	"readLineage":       {may: leaders},
	"listChanges":       {may: leaders},
	"streamChanges":     {may: leaders},

	"listSuggestions":        {may: leaders},
	"listContactSuggestions": {may: leaders},
	"judgeDistinct":          {may: leaders, body: `{"a":"x","b":"y"}`},
	"reconsiderDistinct":     {may: leaders, body: `{"a":"x","b":"y"}`},

	"saveInbox":         {may: leaders, body: `{"name":"x","filter":{}}`},
	"listInboxes":       {may: leaders},
	"readInbox":         {may: leaders},
	"listInboxContacts": {may: leaders},
	"deleteInbox":       {may: leaders},
	"connectMailbox":    {may: leaders, body: `{"host":"dead.example.org","port":993,"security":"tls","user":"u","password":"p"}`},
	"listMailboxes":     {may: leaders},
	"readMailbox":       {may: leaders},
}

// Every operation as every role, of a user and of a credential of the space: who
// may, who is refused, and for whom there is no such thing (C0-1, C0-3, C0-10, C0-11, C1-4,
// C2-2, C2-80, D5-5).
func TestRights(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tokens := map[string]string{admin: w.token}
	for _, role := range []string{billing, users, member} {
		w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/members/"+role, `{"role":"`+role+`"}`))
		tokens[role] = w.tokenOf(role)
	}
	for _, role := range []string{owner, manager, agent} {
		w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/spaces/{space}/users/"+role, `{"role":"`+role+`"}`))
		tokens[role] = w.tokenOf(role)
		tokens[program+role] = w.credential("{space}", role).at("token")
	}
	_, tokens[stranger] = w.newOrganization("Others", "eve")

	for _, o := range operations(t, w) {
		if strings.HasPrefix(o.path, "/v1/me") || o.id == "foundOrganization" || !strings.HasPrefix(o.path, "/v1/") {
			continue // everybody's own, and what needs no token
		}
		right, known := rights[o.id]
		if !known {
			t.Errorf("%s has no row: say who may do it", o.id)
			continue
		}
		path := strings.NewReplacer("{organization}", "{org}", "{user}", "kit", "{module}", "white_label",
			"{channel}", "email", "{contact}", newID(), "{inbox}", newID(), "{token}", newID(), "{credential}", newID(), "{mailbox}", newID()).Replace(o.path) + right.query
		there := slices.Concat(ofOrganization, []string{owner, manager, agent}) // for whom there is such a thing at all
		if strings.Contains(o.path, "/v1/spaces/") {
			there = append([]string{program + owner, program + manager, program + agent}, ofSpace...)
		}
		for role, token := range tokens {
			headers := []string{"Authorization", "Bearer " + token}
			if o.id == "importContacts" {
				headers = append(headers, "Content-Type", "text/csv")
			}
			code := w.ask(o.method, path, right.body, headers...).at("code")
			want := "allowed"
			switch {
			case !slices.Contains(there, role):
				want = "unknown"
			case !slices.Contains(right.may, strings.TrimPrefix(role, program)):
				want = "role_insufficient"
			}
			got := code
			switch code {
			case "space_unknown", "organization_unknown":
				got = "unknown"
			case "role_insufficient", "unauthenticated":
			default:
				got = "allowed"
			}
			if got != want {
				t.Errorf("%s as %s: %s (%s), want %s", o.id, role, got, code, want)
			}
		}
	}
}

type operationRow struct{ id, method, path string }

// operations are those of the document, which are those of the router.
func operations(t *testing.T, w *world) (all []operationRow) {
	t.Helper()
	var document struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	if err := json.Unmarshal([]byte(w.want(http.StatusOK, w.ask("GET", "/openapi.json", "")).text), &document); err != nil {
		t.Fatal(err)
	}
	for path, methods := range document.Paths {
		for method, o := range methods {
			if slices.Contains([]string{"get", "put", "post", "patch", "delete"}, method) {
				all = append(all, operationRow{o.OperationID, strings.ToUpper(method), path})
			}
		}
	}
	if len(all) < len(rights) {
		t.Fatalf("the document has %d operations", len(all))
	}
	return all
}
