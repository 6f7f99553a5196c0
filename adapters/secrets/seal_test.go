package secrets

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func key(letter string) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(letter, 32)))
}

func open(t testing.TB, material ...string) *Keys {
	t.Helper()
	k, err := Open("", strings.Join(material, " "))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// C3-37: a sealed secret opens with its context, and shows nothing of itself.
func TestSealedOpensAgain(t *testing.T) {
	t.Parallel()
	k := open(t, key("a"))
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOf(rapid.Byte()).Draw(t, "secret")
		context := rapid.SliceOf(rapid.Byte()).Draw(t, "context")
		sealed, err := k.Seal(secret, context)
		if err != nil {
			t.Fatal(err)
		}
		if len(sealed) != len(secret)+33 {
			t.Fatalf("%d bytes sealed to %d", len(secret), len(sealed))
		}
		if len(secret) > 8 && bytes.Contains(sealed, secret) {
			t.Fatal("the secret can be read")
		}
		again, err := k.Unseal(sealed, context)
		if err != nil || !bytes.Equal(again, secret) {
			t.Fatalf("opened %q, %v", again, err)
		}
		if twice, _ := k.Seal(secret, context); bytes.Equal(twice, sealed) {
			t.Fatal("sealed twice to the same")
		}
	})
}

// C3-37: what was moved to another space or mailbox stays shut.
func TestOtherContextIsRefused(t *testing.T) {
	t.Parallel()
	k := open(t, key("a"))
	rapid.Check(t, func(t *rapid.T) {
		here := rapid.String().Draw(t, "here")
		there := rapid.String().Filter(func(s string) bool { return s != here }).Draw(t, "there")
		sealed, err := k.Seal([]byte("swordfish"), []byte(here))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Unseal(sealed, []byte(there)); !errors.Is(err, ErrSealed) {
			t.Fatalf("opened elsewhere: %v", err)
		}
	})
}

func TestTamperingIsRefused(t *testing.T) {
	t.Parallel()
	k := open(t, key("a"))
	rapid.Check(t, func(t *rapid.T) {
		sealed, err := k.Seal([]byte("swordfish"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "cut") {
			sealed = sealed[:rapid.IntRange(0, len(sealed)-1).Draw(t, "length")]
		} else {
			sealed[rapid.IntRange(0, len(sealed)-1).Draw(t, "at")] ^= rapid.ByteRange(1, 255).Draw(t, "bits")
		}
		if _, err := k.Unseal(sealed, nil); err != ErrSealed {
			t.Fatalf("opened: %v", err)
		}
	})
}

func TestRotation(t *testing.T) {
	t.Parallel()
	before := open(t, key("a"))
	during := open(t, key("b"), key("a"))
	after := open(t, key("b"))

	old, _ := before.Seal([]byte("swordfish"), nil)
	if secret, err := during.Unseal(old, nil); err != nil || string(secret) != "swordfish" {
		t.Fatalf("the old key does not open: %q, %v", secret, err)
	}
	renewed, _ := during.Seal([]byte("swordfish"), nil)
	if _, err := after.Unseal(renewed, nil); err != nil {
		t.Fatal("sealed with the old key still")
	}
	if _, err := after.Unseal(old, nil); err != ErrSealed {
		t.Fatal("a key that was taken out still opens")
	}
}

func TestKeysDoNotPrint(t *testing.T) {
	t.Parallel()
	k := open(t, key("a"))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		if printed := fmt.Sprintf(verb, k); printed != "secrets.Keys" {
			t.Errorf("%s prints %s", verb, printed)
		}
	}
}
