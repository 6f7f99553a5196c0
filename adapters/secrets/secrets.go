// Package secrets seals what must not lie around in the clear: the passwords of
// mailboxes above all (C3-37). It uses AES-256-GCM by way of Tink.
//
// The master keys of an installation are lines of text, each 32 random bytes in
// base64, the newest first:
//
//	openssl rand -base64 32
//
// New secrets are sealed with the first key; every key opens what it sealed. To
// rotate, put a new key in front, seal everything anew, and take the old one
// out. Only the last key stays for ever: it also names streams and chains what they
// hold, see Keys.Hash and Keys.Link.
package secrets

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/secretdata"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keys is the master key of an installation, with those it had before. It is
// safe for concurrent use, and never prints what it holds.
type Keys struct {
	aead tink.AEAD
	name []byte // the key of Hash
	link []byte // the key of Link
}

// Format implements fmt.Formatter for every verb, so that no log shows a key.
func (*Keys) Format(f fmt.State, _ rune) { fmt.Fprint(f, "secrets.Keys") }

// ErrKeys is the error for key material of another form than 32 bytes in
// base64, one key after another.
var ErrKeys = errors.New("master keys are 32 random bytes each, in base64, separated by blanks or commas")

// parse reads key material. Its errors do not quote it.
func parse(material string) (*Keys, error) {
	words := strings.FieldsFunc(material, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })
	if len(words) == 0 {
		return nil, ErrKeys
	}
	keys, set := new(Keys), keyset.NewManager()
	for i, word := range words {
		master, err := base64.StdEncoding.DecodeString(word)
		if err != nil || len(master) != 32 {
			return nil, ErrKeys
		}
		id, err := add(set, master)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			err = set.SetPrimary(id)
		}
		if err != nil {
			return nil, fmt.Errorf("prefer first master key: %w", err)
		}
		keys.name, keys.link = derive(master, "skein names of streams", 32), derive(master, "skein chains of streams", 32)
	}
	handle, err := set.Handle()
	if err != nil {
		return nil, fmt.Errorf("gather master keys: %w", err)
	}
	keys.aead, err = aead.New(handle)
	return keys, err
}

// add puts the sealing key that follows from master into set. Its number, which
// stands in front of all it seals, follows from master too, so that the order of
// the keys may change.
func add(set *keyset.Manager, master []byte) (uint32, error) {
	parameters, err := aesgcm.NewParameters(aesgcm.ParametersOpts{
		KeySizeInBytes: 32, IVSizeInBytes: 12, TagSizeInBytes: 16, Variant: aesgcm.VariantTink,
	})
	if err != nil {
		return 0, fmt.Errorf("choose AES-256-GCM: %w", err)
	}
	number := binary.BigEndian.Uint32(derive(master, "skein number of key", 4))
	sealing := secretdata.NewBytesFromData(derive(master, "skein sealing of secrets", 32), insecuresecretdataaccess.Token{})
	key, err := aesgcm.NewKey(sealing, number, parameters)
	if err != nil {
		return 0, fmt.Errorf("make sealing key: %w", err)
	}
	id, err := set.AddKey(key)
	if err != nil {
		return 0, fmt.Errorf("add master key, is one there twice: %w", err)
	}
	return id, nil
}

// derive makes a key for one purpose out of a master key (HKDF, RFC 5869).
func derive(master []byte, purpose string, length int) []byte {
	key, err := hkdf.Key(sha256.New, master, nil, purpose, length)
	if err != nil {
		panic(err) // only for lengths beyond 8160 bytes
	}
	return key
}
