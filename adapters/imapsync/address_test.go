package imapsync

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// D4-12: names and emails, however they are written.
func TestAddresses(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]Address{
		"ada@example.com":                               {{"", "ada@example.com"}},
		"Ada Lovelace <Ada.L@EXAMPLE.com>":              {{"Ada Lovelace", "ada.l@example.com"}},
		`"Lovelace, Ada" <ada@example.com>`:             {{"Lovelace, Ada", "ada@example.com"}},
		`"Ada \"the first\" L." <ada@example.com>`:      {{`Ada "the first" L.`, "ada@example.com"}},
		"ada+news@example.com":                          {{"", "ada+news@example.com"}},
		"ada@example.com (Ada Lovelace)":                {{"Ada Lovelace", "ada@example.com"}},
		"ada@example.com, Bob <bob@example.com>":        {{"", "ada@example.com"}, {"Bob", "bob@example.com"}},
		"ada@example.com; bob@example.com":              {{"", "ada@example.com"}, {"", "bob@example.com"}},
		"Team: ada@example.com, Bob <bob@example.com>;": {{"", "ada@example.com"}, {"Bob", "bob@example.com"}},
		"undisclosed-recipients:;":                      nil,
		"":                                              nil,
		"   ":                                           nil,
		"nobody":                                        nil,
		"<>":                                            nil,
		"<@>":                                           nil,
		"MAILER-DAEMON":                                 nil,
		"=?utf-8?B?R3LDvMOfZQ==?= <gruesse@example.com>":   {{"Grüße", "gruesse@example.com"}},
		`"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=" <g@example.com>`:    {{"Grüße", "g@example.com"}},
		"=?iso-8859-1?Q?Andr=E9?= <a@example.com>":         {{"André", "a@example.com"}},
		"=?koi8-r?B?68nSyczM?= <k@example.com>":            {{"Кирилл", "k@example.com"}},
		"=?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <y@x.jp>":      {{"山田", "y@x.jp"}},
		"=?x-nonsense?Q?Andr=E9?= <a@example.com>":         {{"André", "a@example.com"}},
		"=?utf-8?Q?Doe,_John?= <john@example.com>":         {{"Doe, John", "john@example.com"}},
		"=?utf-8?Q?Re:_John?= <john@example.com>":          {{"Re: John", "john@example.com"}},
		"=?utf-8?Q?<evil@bad.example>?= <good@ok.example>": {{"<evil@bad.example>", "good@ok.example"}},
		"=?utf-8?Q?jane@example.com?=":                     {{"", "jane@example.com"}},
		"jürgen@bücher.example":                            {{"", "jürgen@bücher.example"}},
		"Info <INFO@XN--BCHER-KVA.example>":                {{"Info", "info@xn--bcher-kva.example"}},
		`"John Doe"@example.com`:                           {{"", `"john doe"@example.com`}},
		"user@[192.0.2.1]":                                 {{"", "user@[192.0.2.1]"}},
		"'Ada' <ada@example.com>":                          {{"Ada", "ada@example.com"}},
		"Ada <ada@example.com> trailing":                   {{"Ada", "ada@example.com"}},
		"Bob <bob@one> Bobby <bobby@two>":                  {{"Bob", "bob@one"}},
		"Ada Lovelace ada@example.com":                     {{"", "ada@example.com"}},
		"<mailto:ada@example.com>":                         {{"", "ada@example.com"}},
		"mailto:ada@example.com":                           {{"", "ada@example.com"}},
		"Ada @ Work <ada@example.com>":                     {{"Ada @ Work", "ada@example.com"}},
		"Dr. Ada [Office] <ada@example.com>":               {{"Dr. Ada [Office]", "ada@example.com"}},
		"Ada <ada@example.com.>":                           {{"Ada", "ada@example.com"}},
		"Ada < ada@example.com >":                          {{"Ada", "ada@example.com"}},
		"Ada <ada@example.com":                             {{"Ada", "ada@example.com"}},
		`"Ada <ada@example.com>, bob@example.com`:          {{"Ada", "ada@example.com"}, {"", "bob@example.com"}},
		"ada@@example.com, bob@example.com":                {{"", "bob@example.com"}},
		",,, ada@example.com,,":                            {{"", "ada@example.com"}},
		"Ada\x00\x07 <ada@example.com>":                    {{"Ada", "ada@example.com"}},
		strings.Repeat("a", 400) + "@example.com":          nil,
	} {
		if diff := cmp.Diff(want, addresses(in, mostRecipients)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}

// Whatever a header holds, emails come out in the one form they are kept in.
func TestEmailsAreInOneForm(t *testing.T) {
	t.Parallel()
	anything := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-zA-Z@<>,;:"()\[\]\\ =?._-]{0,40}`))
	rapid.Check(t, func(t *rapid.T) {
		for _, a := range addresses(anything.Draw(t, "header"), 10) {
			if a.Email == "" || a.Email != email(a.Email) && !strings.HasPrefix(a.Email, `"`) || a.Email != strings.ToLower(a.Email) || a.Email != clean(a.Email, mostEmail+4) {
				t.Fatalf("email %q", a.Email)
			}
		}
	})
}
