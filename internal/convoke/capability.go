// SPDX-License-Identifier: Apache-2.0

package convoke

// Policy is what an account may do at this moment, as far as making users goes.
type Policy struct {
	Account        Account
	ManagedDomains bool // the account has at least one verified domain
	EmailManaged   bool // the looked-up e-mail's domain is one of them
	EmailReserved  bool // the looked-up e-mail's domain is an exclusive one of another account
}

// Prerequisite is one thing that an action needs and the account lacks.
type Prerequisite struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Fix     string `json:"fix"`
}

// Capability tells whether an account may use an action, what exactly is
// missing, and what a user made by it will be like. Its JSON is that of
// GET /api/v1/capabilities, which the portal and the command line show too.
type Capability struct {
	Action       Action         `json:"action"`
	Usable       bool           `json:"usable"`
	Missing      []Prerequisite `json:"missing"` // never nil
	Login        string         `json:"login"`
	Password     string         `json:"password"`
	Mail         string         `json:"mail"`
	StatusAtOnce Status         `json:"status_at_once"`
}

// Capabilities answers the question "which of the four may I use, and why not
// the others" for an account, before any e-mail is known.
func Capabilities(p Policy) []Capability {
	list := make([]Capability, 0, len(Actions()))
	for _, action := range Actions() {
		c := traits[action]
		c.Action = action
		c.Missing = missing(p, action)
		c.Usable = len(c.Missing) == 0
		list = append(list, c)
	}
	return list
}

// traits is the part of the table of the four actions that does not depend on
// the account.
var traits = map[Action]Capability{
	ActionCreate: {
		Login: "portal, with e-mail and password", Password: "chosen by the person on the activation page",
		Mail: "an activation link", StatusAtOnce: StatusPending,
	},
	ActionAutoCreate: {
		Login: "portal, with e-mail and password", Password: "given in the request",
		Mail: "none", StatusAtOnce: StatusActive,
	},
	ActionCustCreate: {
		Login: "never; hosts by start link", Password: "none, ever",
		Mail: "none, ever", StatusAtOnce: StatusActive,
	},
	ActionSSOCreate: {
		Login: "through the identity provider only", Password: "none, ever",
		Mail: "none; a confirmation link if the e-mail's domain is not associated", StatusAtOnce: StatusActive,
	},
}

// missing lists what the account lacks for the action.
func missing(p Policy, action Action) []Prerequisite {
	list := []Prerequisite{}
	need := func(ok bool, lack Prerequisite) {
		if !ok {
			list = append(list, lack)
		}
	}
	switch action {
	case ActionCreate: // needs nothing
	case ActionAutoCreate:
		need(p.Account.AutoCreate, lackAutoCreate)
		need(p.ManagedDomains, lackManagedDomain)
	case ActionCustCreate:
		need(p.Account.APIPartner, lackPartner)
	case ActionSSOCreate:
		need(p.Account.SSO, lackSSO)
		need(p.Account.Provisioning == PriorToSignIn, lackPriorToSignIn)
	}
	return list
}

var (
	lackAutoCreate = Prerequisite{
		CodeAutoCreateOff, "The autoCreate feature is switched off for this account; it is off by default.",
		"convoke account set --auto-create=true",
	}
	lackManagedDomain = Prerequisite{
		CodeNoManagedDomain, "The account has no verified managed domain.",
		"convoke domain add example.com --trust",
	}
	lackPartner = Prerequisite{
		CodePartnerRequired, "The account does not have the API-partner grant.",
		"convoke account set --api-partner=true",
	}
	lackSSO = Prerequisite{
		CodeSSONotSetUp, "Single sign-on is not set up for this account.",
		"convoke sso set --vanity NAME --metadata FILE",
	}
	lackPriorToSignIn = Prerequisite{
		CodeProvisioningMode, "The account makes single sign-on users at sign-in; ssoCreate needs users to be made prior to sign-in.",
		"convoke account set --provisioning=prior_to_sign_in",
	}
)

// refuse returns the first missing prerequisite of the draft's action as an
// error, so that a refused call names what Capabilities names.
func refuse(p Policy, d Draft) error {
	if d.mapped != nil {
		return refuseNew(p, d)
	}
	if lack := missing(p, d.action); len(lack) > 0 && !d.request.Directory {
		return lack[0].refusal()
	}
	if d.request.Directory {
		if err := p.Account.MayUseDirectory(); err != nil {
			return err
		}
	}
	if d.action == ActionAutoCreate && !p.EmailManaged {
		return domainNotManaged(d.request.Email)
	}
	if (d.action == ActionCreate || d.action == ActionSSOCreate) && p.EmailReserved {
		return domainReserved(d.request.Email)
	}
	return nil
}

// MayUseDirectory returns CodeSSONotSetUp for an account without single sign-on,
// which no directory can push people to.
func (a Account) MayUseDirectory() error {
	if a.SSO {
		return nil
	}
	return lackSSO.refusal()
}

func (p Prerequisite) refusal() error {
	return Errorf(KindPrecondition, p.Code, "%s Fix: %s", p.Message, p.Fix)
}

func domainNotManaged(email string) error {
	return &Error{
		Kind: KindPrecondition, Code: CodeDomainNotManaged, Field: "email",
		Message: "The e-mail's domain is not among the account's verified managed domains. Fix: convoke domain add " +
			EmailDomain(email) + " --trust",
	}
}

func domainReserved(email string) error {
	return &Error{
		Kind: KindPrecondition, Code: CodeDomainReserved, Field: "email",
		Message: "The domain " + EmailDomain(email) + " belongs to another account of this server, which lets nobody else invite its addresses. " +
			"Use another e-mail.",
	}
}
