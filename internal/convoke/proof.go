// SPDX-License-Identifier: Apache-2.0

package convoke

// ProofMethod is one of the ways to show that a domain is one's own.
type ProofMethod string

// The methods. Any one of them is enough.
const (
	ProofDNS  ProofMethod = "dns_txt"   // a TXT record of the domain itself
	ProofFile ProofMethod = "html_file" // a file at a fixed path of its web site
	ProofMeta ProofMethod = "meta_tag"  // a tag in the head of its home page
)

// The fixed parts of the proofs.
const (
	ProofPath     = "/.well-known/convoke-verify.html"
	ProofMetaName = "convoke-verify"
	proofPrefix   = "convoke-verify="
)

// DomainProofs is what to put up, of which one is enough. Its JSON is that of
// the API, the portal and the command line.
type DomainProofs struct {
	TXT  TXTProof  `json:"dns_txt"`
	File FileProof `json:"html_file"`
	Meta MetaProof `json:"meta_tag"`
}

// TXTProof is a DNS record.
type TXTProof struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// FileProof is a file of the web site. The content may be one line among others.
type FileProof struct {
	URL     string `json:"url"`
	Path    string `json:"path"`
	Content string `json:"content"`
}

// MetaProof is a tag of the home page.
type MetaProof struct {
	URL string `json:"url"`
	Tag string `json:"tag"`
}

// Proofs returns what shows that the domain is the account's.
func (d Domain) Proofs() DomainProofs {
	value := proofPrefix + d.Token
	return DomainProofs{
		TXT:  TXTProof{Name: d.Name, Value: value},
		File: FileProof{URL: "https://" + d.Name + ProofPath, Path: ProofPath, Content: value},
		Meta: MetaProof{URL: "https://" + d.Name + "/", Tag: `<meta name="` + ProofMetaName + `" content="` + d.Token + `">`},
	}
}

// Finding is what a look for one proof gave. Its JSON is that of the API, the
// portal and the command line.
type Finding struct {
	Method   ProofMethod `json:"method"`
	Found    bool        `json:"found"`
	Where    string      `json:"where"`             // the name or the address that was asked
	Expected string      `json:"expected"`          // the record, the line or the tag
	Got      []string    `json:"got"`               // what was there instead, shortened; never nil
	Problem  string      `json:"problem,omitempty"` // one sentence, when not found
}

// AnyFound reports whether one of the proofs was found.
func AnyFound(findings []Finding) bool {
	for _, f := range findings {
		if f.Found {
			return true
		}
	}
	return false
}
