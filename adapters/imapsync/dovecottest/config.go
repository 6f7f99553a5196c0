package dovecottest

import (
	"os/user"
	"strconv"
	"strings"
)

// config is a Dovecot that needs no privileges: every process runs as whoever
// starts it, in one folder. Each user has a password file of their own, because
// a file that changes within a second is not read again.
func (s *Server) config() string {
	uid, gid := strconv.Itoa(s.uid), strconv.Itoa(s.gid)
	return strings.NewReplacer(
		"FOLDER", s.folder, "UID", uid, "GID", gid,
		"USER", userName(uid), "GROUP", groupName(gid),
		"TLSPORT", strconv.Itoa(s.TLSPort), "PORT", strconv.Itoa(s.Port),
	).Replace(`
base_dir = FOLDER/base
state_dir = FOLDER/state
log_path = FOLDER/log
protocols = imap
default_internal_user = USER
default_internal_group = GROUP
default_login_user = USER
first_valid_uid = 1
listen = 127.0.0.1
ssl = yes
ssl_cert = <FOLDER/cert.pem
ssl_key = <FOLDER/key.pem
ssl_dh =
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_fsync = never
mail_location = maildir:~/mail:INBOX=~/mail/INBOX:LAYOUT=fs:UTF-8
mail_max_userip_connections = 1000
namespace inbox {
  inbox = yes
  separator = /
  mailbox Gesendet {
    special_use = \Sent
    auto = create
  }
  mailbox Papierkorb {
    special_use = \Trash
    auto = create
  }
}
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u FOLDER/users/%u
}
userdb {
  driver = static
  args = uid=UID gid=GID home=FOLDER/mail/%u
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = PORT
  }
  inet_listener imaps {
    port = TLSPORT
    ssl = yes
  }
}
`)
}

// userName is the name of a user, for Dovecot takes no number.
func userName(uid string) string {
	if u, err := user.LookupId(uid); err == nil {
		return u.Username
	}
	return uid
}

func groupName(gid string) string {
	if g, err := user.LookupGroupId(gid); err == nil {
		return g.Name
	}
	return gid
}
