// Package exclusive is a client for the part of the PortSIP PBX REST API that
// is about exclusive numbers, exactly as PortSIP documents it.
//
// # What an exclusive number is
//
// An exclusive number is not a number that a carrier sells. It is the number of a caller:
// when that caller calls a call queue of the PBX, the call goes first to the agents who
// are assigned to the number. A tenant of the PBX registers it as a row. It costs
// nothing, exists at once, is enabled or disabled, and no longer exists when it is
// destroyed. There are no prices, no search, no reservations, and no order states.
//
//	c, err := exclusive.New(
//		"https://pbx.example:8887",
//		exclusive.LoginAuth("tenant.example.com", "manager", os.Getenv("PBX_PASSWORD")),
//		&numbers.ClientOptions{HTTPClient: exclusive.TrustFingerprint(os.Getenv("PBX_FINGERPRINT"))},
//	)
//	if err != nil {
//		return err
//	}
//	for number, err := range c.Numbers.All(ctx, nil) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(number.ID, number.Number)
//	}
//
// # The first connection
//
// A PBX is installed with a self-signed certificate, and the first request to it fails.
// Read the certificate's fingerprint at the PBX itself:
//
//	openssl x509 -in certificate.pem -noout -fingerprint -sha256
//
// The error of the failed request has the fingerprint that the client saw. If both are
// the same, pass the line that openssl prints, or only its value, to [TrustFingerprint],
// as above. [TrustPool] trusts the certificate file, or a company's own authority,
// instead. Nothing, not even the password, is sent before the certificate is trusted.
//
// # The portable layer
//
// [NewOrderer] returns a client as a portable numbers.Orderer. Its orders are
// registrations (Billing is numbers.Registers): each has one number, is complete at once,
// and is found by the number.
//
// # Where the facts come from
//
// The facts come from PortSIP's REST API reference with its OpenAPI description
// (versions 22.0 to 22.2), its pages on authentication and conventions, and its
// release notes up to 22.6. The reference's page on exclusive numbers documents
// listing, creating, reading and updating. [NumbersService.Delete] is
// documented on a page of its own and in the OpenAPI description.
//
// # What to know
//
//   - [LoginAuth] and [SignInAuth] log in rarely. They share one token, renew
//     it, and do not log in again after a refusal, because a PBX blocks
//     addresses that do.
//   - Since version 22.3, users need the permission PhoneSystem.FullAccess. A
//     user belongs to one tenant. A system administrator sees no numbers until
//     he switches his session to a tenant, which this package does not do. Use
//     one user and one client for each tenant.
//   - The API has only GET and POST. An update is a POST to the number, and
//     destroying it is a POST to …/destroy.
//   - PortSIP does not document what an update does with a field that is not
//     sent. Update sends only the given fields, which may enable a disabled
//     number. Modify reads first and sends everything.
//   - PortSIP does not document whether a number may be registered twice. A
//     registration is sent at most once, and an unclear answer is
//     numbers.ErrOutcomeUnknown.
//   - Create returns only an id. CreateAndGet also reads the number.
//   - The id "export" is refused, because its path is that of the export. The
//     API has no operation that deletes or registers several numbers.
//   - The list documents no parameters, unlike PortSIP's other lists. List
//     sends only those that its request sets. All asks for a further page unless
//     the list is empty, because a count may be that of the page. A PBX that lists
//     at most 100 rows and ignores skip needs OrdererOptions.Narrow.
//   - A blank field is null, "", or absent. All three are read, and written
//     unchanged.
//   - The code of an error decides its kind, before the HTTP status: a wrong
//     password is an HTTP 400.
package exclusive
