package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"skein/adapters/imapsync/dovecottest"
)

// customer is somebody who sends commands.
type customer struct {
	*server
	lab     string // path of a space
	account dovecottest.Account
}

// standing are operations after which things may have been as they were before: what
// is asked is so already, or is only shown. They are answered with what is so then.
var standing = map[string]bool{"changePlan": true, "switchModule": true, "searchContacts": true, "previewUnmerge": true, "previewMerge": true, "previewErasure": true, "lookUpIdentifier": true}

// orders say how each operation is ordered for the n-th time, on what is made for it.
var orders = map[string]func(c *customer, n int) *order{
	"foundOrganization": func(c *customer, n int) *order {
		code := regexp.MustCompile(`skn_inv_\S+`).FindString(c.skein("invite"))
		return &order{method: "POST", path: "/organizations", body: fmt.Sprintf(`{"invitation":%q,"name":"Organization %d"}`, code, n)}
	},
	"createSpace":  inOrganization("POST", "/spaces", `{"name":"Space %d"}`),
	"changePlan":   inOrganization("PUT", "/plan", `{"plan":"enterprise"}`),
	"switchModule": inOrganization("PUT", "/modules/white_label", `{"on":true}`),
	"putMember":    inOrganization("PUT", "/members/u%d", `{"role":"member"}`),
	"removeMember": onMember("DELETE", "", ""),
	"issueToken":   onMember("POST", "/tokens", `{"label":"laptop"}`),
	"revokeToken": func(c *customer, n int) *order {
		return &order{method: "DELETE", path: ofFirst("/tokens/" + c.made(onMember("POST", "/tokens", `{}`)(c, n)))}
	},
	"issueMyToken": func(*customer, int) *order {
		return &order{method: "POST", path: "/me/tokens", body: `{"label":"laptop"}`}
	},
	"rotateMyToken": onMyToken("POST", "/rotate", `{"overlap_seconds":60}`),
	"revokeMyToken": onMyToken("DELETE", "", ""),
	"assignUser": func(c *customer, n int) *order {
		return &order{method: "PUT", path: adminOf(c.lab) + fmt.Sprintf("/users/u%d", n), body: `{"role":"agent"}`}
	},
	"unassignUser": func(c *customer, n int) *order {
		path := adminOf(c.lab) + fmt.Sprintf("/users/u%d", n)
		c.made(&order{method: "PUT", path: path, body: `{"role":"agent"}`})
		return &order{method: "DELETE", path: path}
	},
	"inviteUsers": func(c *customer, n int) *order {
		return &order{method: "POST", path: adminOf(c.lab) + "/users", body: fmt.Sprintf(`{"users":[{"user":"u%d","role":"agent"}]}`, n)}
	},
	"editSpace": func(c *customer, n int) *order {
		path := adminOf(c.space(fmt.Sprintf("Old %d", n)))
		var tag string
		waitFor(c.t, func() bool {
			_, header, _ := c.server.send(http.MethodGet, path, "", nil, "")
			tag = header.Get("ETag")
			return tag != ""
		})
		return &order{method: "PATCH", path: path, body: fmt.Sprintf(`{"name":"New %d"}`, n), headers: []string{"If-Match", tag}}
	},
	"deleteSpace": func(c *customer, n int) *order {
		name := fmt.Sprintf("Doomed %d", n)
		return &order{method: "DELETE", path: adminOf(c.space(name)), body: fmt.Sprintf(`{"confirm":%q}`, name)}
	},

	"changeIdentifiers": inOwnSpace("PUT", "/identifiers", `{"unique":["email"]}`),
	"lookUpIdentifier":  inLab("POST", "/identifiers/lookup", `{"identifier":"email","value":"ada@example.org"}`),
	"defineField":       inOwnSpace("POST", "/fields", `{"key":"city","type":"text"}`),
	"issueCredential":   inOwnSpace("POST", "/credentials", `{"label":"shop","role":"agent"}`),
	"rotateCredential":  onOwn("/credentials", `{"label":"shop","role":"agent"}`, "POST", "/rotate", `{"overlap_seconds":60}`),
	"revokeCredential":  onOwn("/credentials", `{"label":"shop","role":"agent"}`, "DELETE", "", ""),
	"saveInbox":         inOwnSpace("POST", "/inboxes", vip),
	"deleteInbox":       onOwn("/inboxes", vip, "DELETE", "", ""),
	"addChannel":        inOwnSpace("POST", "/channels", `{"key":"chat","identities":"phone"}`),
	"setAutoMerge":      inOwnSpace("PUT", "/auto-merge", `{"on":true}`),
	"receiveMessage":    inLab("POST", "/channels/email/inbound", `{"id":"m%d","identity":"m%d@example.org","name":"Ada Lovelace","text":"Hello."}`),
	"noteMessage":       onContact("POST", "/messages", `{"channel":"email","text":"Hello."}`),
	"addComment":        onContact("POST", "/comments", `{"text":"Likes tea."}`),
	"noteEvent":         onContact("POST", "/events", `{"name":"ordered","data":{"tea":"Assam"}}`),
	"openConversation":  onContact("POST", "/conversations/email/open", ""),
	"closeConversation": func(c *customer, n int) *order {
		path := c.lab + "/contacts/" + c.contact(n, "ada") + "/conversations/email/"
		c.made(&order{method: "POST", path: path + "open"})
		return &order{method: "POST", path: path + "close", body: `{"reason":"answered"}`}
	},
	"identifyContact": inLab("POST", "/contacts/identify", `{"fields":{"email":"i%d@example.org","first_name":"Ada"},"tags":["vip"]}`),
	"createContact":   inLab("POST", "/contacts", `{"fields":{"first_name":"Ada","email":"ada%d@example.org"}}`),
	"searchContacts":  inLab("POST", "/contacts/search", `{}`),
	"editContact":     onContact("PATCH", "", `{"fields":{"first_name":"Augusta"}}`),
	"deleteContact":   onContact("DELETE", "?confirm=true", ""),
	"previewErasure": func(c *customer, n int) *order {
		return &order{method: "POST", path: c.lab + "/contacts/" + c.contact(n, "ada") + "/erase/preview"}
	},
	"eraseContact": func(c *customer, n int) *order {
		var p struct{ Token string }
		at := c.lab + "/contacts/" + c.contact(n, "ada") + "/erase"
		c.ask("POST", at+"/preview", "", &p)
		return &order{method: "POST", path: at, body: fmt.Sprintf(`{"token":%q,"reason":"Asked for it."}`, p.Token)}
	},
	"tagContacts": func(c *customer, n int) *order {
		ada, lord := c.contact(n, "ada"), c.contact(n, "lord")
		return &order{method: "POST", path: c.lab + "/contacts/tags", body: fmt.Sprintf(`{"contacts":[%q,%q],"tag":["vip"],"untag":["new"]}`, ada, lord)}
	},
	"previewMerge": func(c *customer, n int) *order {
		return onContact("POST", "/merge/preview", fmt.Sprintf(`{"absorb":%q}`, c.contact(n, "lord")))(c, n)
	},
	"mergeMany": func(c *customer, n int) *order {
		lord, eve := c.contact(n, "lord"), c.contact(n, "eve")
		body := fmt.Sprintf(`{"absorb":[%q,%q],"choices":{%q:{"email":"survivor"},%q:{"email":"survivor"}}}`, lord, eve, lord, eve)
		return onContact("POST", "/merge-many", body)(c, n)
	},
	"mergeContacts": func(c *customer, n int) *order {
		return onContact("POST", "/merge", fmt.Sprintf(`{"absorb":%q,"choices":{"email":"survivor"}}`, c.contact(n, "lord")))(c, n)
	},
	"unmergeContact": func(c *customer, n int) *order {
		lord := c.contact(n, "lord")
		c.made(onContact("POST", "/merge", fmt.Sprintf(`{"absorb":%q,"choices":{"email":"survivor"}}`, lord))(c, n))
		return &order{method: "POST", path: c.lab + "/contacts/" + lord + "/unmerge", body: `{}`}
	},
	"judgeDistinct": func(c *customer, n int) *order {
		return &order{method: "POST", path: c.lab + "/suggestions/distinct", body: fmt.Sprintf(`{"a":%q,"b":%q}`, c.contact(n, "ada"), c.contact(n, "lord"))}
	},
	"reconsiderDistinct": func(c *customer, n int) *order {
		two := &order{method: "POST", path: c.lab + "/suggestions/distinct", body: fmt.Sprintf(`{"a":%q,"b":%q}`, c.contact(n, "ada"), c.contact(n, "lord"))}
		c.made(two)
		return &order{method: "DELETE", path: two.path, body: two.body}
	},
	"previewUnmerge": func(c *customer, n int) *order {
		lord, _ := c.absorbed(n)
		return &order{method: "POST", path: c.lab + "/contacts/" + lord + "/unmerge/preview", body: `{}`}
	},
	"undoMerge": func(c *customer, n int) *order {
		_, merge := c.absorbed(n)
		return &order{method: "POST", path: c.lab + "/merges/" + merge + "/undo", body: `{}`}
	},
	"splitContact": onContact("POST", "/split", `{"fields":["email"]}`),
	"importContacts": func(c *customer, n int) *order {
		return &order{method: "POST", path: c.lab + "/contacts/import", body: fmt.Sprintf("first_name,email\nAda,a%d@example.org\nEve,e%d@example.org\n", n, n), headers: []string{"Content-Type", "text/csv"}}
	},
	"connectMailbox": func(c *customer, n int) *order {
		return inOwnSpace("POST", "/mailboxes", fmt.Sprintf(`{"host":%q,"port":%d,"security":"none","user":%q,"password":%q}`, c.account.Host, c.account.Port, c.account.User, c.account.Password))(c, n)
	},
}

const vip = `{"name":"VIP","filter":{"test":{"of":"tag","how":"is","value":"vip"}}}`

// order is the n-th of all orders.
func (c *customer) order(id string, n int) *order {
	o := orders[id](c, n)
	o.id, o.name, o.times = id, fmt.Sprintf("order%d", n), 1+n%5
	if o.body != "" {
		o.headers = append([]string{"Content-Type", "application/json"}, o.headers...)
	}
	return o
}

// made carries out once what an order needs to be there, and returns its id.
func (c *customer) made(o *order) string {
	c.t.Helper()
	var made struct{ ID string }
	status, _, text := c.server.send(o.method, o.path, "application/json", strings.NewReader(o.body), "")
	if status >= 300 {
		c.t.Fatalf("%s %s: %d %s", o.method, o.path, status, text)
	}
	_ = json.Unmarshal(text, &made) // not all that is made has an id
	return made.ID
}

// absorbed is a contact that was merged into another one, and by which merge.
func (c *customer) absorbed(n int) (id, merge string) {
	c.t.Helper()
	id = c.contact(n, "lord")
	o := onContact("POST", "/merge", fmt.Sprintf(`{"absorb":%q,"choices":{"email":"survivor"}}`, id))(c, n)
	var done struct{ Merge string }
	status, _, text := c.server.send(o.method, o.path, "application/json", strings.NewReader(o.body), "")
	if err := json.Unmarshal(text, &done); err != nil || status >= 300 {
		c.t.Fatalf("%s: %d %s", o.path, status, text)
	}
	return id, done.Merge
}

func (c *customer) contact(n int, who string) string {
	return c.made(&order{method: "POST", path: c.lab + "/contacts", body: fmt.Sprintf(`{"fields":{"first_name":%q,"email":"%s%d@example.org"}}`, who, who, n)})
}

func ofFirst(path string) string { return "/organizations/" + string(firstOrganization) + path }

// numbered is a text with the number of an order, where it has a place for one.
func numbered(text string, n int) string { return strings.ReplaceAll(text, "%d", fmt.Sprint(n)) }

func inOrganization(method, path, body string) func(*customer, int) *order {
	return func(_ *customer, n int) *order {
		return &order{method: method, path: ofFirst(numbered(path, n)), body: numbered(body, n)}
	}
}

func inLab(method, path, body string) func(*customer, int) *order {
	return func(c *customer, n int) *order {
		return &order{method: method, path: c.lab + path, body: numbered(body, n)}
	}
}

func inOwnSpace(method, path, body string) func(*customer, int) *order {
	return func(c *customer, n int) *order {
		return &order{method: method, path: c.space(fmt.Sprintf("Own %d", n)) + path, body: body}
	}
}

// onOwn is an order about what is made for it in a space of its own.
func onOwn(where, first, method, path, body string) func(*customer, int) *order {
	return func(c *customer, n int) *order {
		o := inOwnSpace("POST", where, first)(c, n)
		return &order{method: method, path: o.path + "/" + c.made(o) + path, body: body}
	}
}

func onMember(method, path, body string) func(*customer, int) *order {
	return func(c *customer, n int) *order {
		member := ofFirst(fmt.Sprintf("/members/m%d", n))
		c.made(&order{method: "PUT", path: member, body: `{"role":"member"}`})
		return &order{method: method, path: member + path, body: body}
	}
}

func onMyToken(method, path, body string) func(*customer, int) *order {
	return func(c *customer, _ int) *order {
		id := c.made(&order{method: "POST", path: "/me/tokens", body: `{"label":"laptop"}`})
		return &order{method: method, path: "/me/tokens/" + id + path, body: body}
	}
}

func onContact(method, path, body string) func(*customer, int) *order {
	return func(c *customer, n int) *order {
		return &order{method: method, path: c.lab + "/contacts/" + c.contact(n, "ada") + path, body: body}
	}
}
