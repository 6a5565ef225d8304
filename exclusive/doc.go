// Package exclusive speaks the part of the PortSIP PBX REST API that is about
// exclusive numbers, exactly as PortSIP documents it.
//
// # What an exclusive number is
//
// Nothing that a carrier sells. An exclusive number is the number of a caller:
// when somebody calls from it into a call queue of the PBX, the agents of the
// queue that were assigned to the number are asked first. It is a row that a
// tenant of the PBX registers: it costs nothing, exists at once, is enabled or
// disabled, and goes when it is destroyed. There are no prices, no search, no
// reservations, and no states of an order.
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
// [NewOrderer] makes a portable numbers.Orderer of a client, whose orders are
// registrations (Billing is numbers.Registers): one number each, complete at
// once, found again by the number.
//
// # Where the facts come from
//
// PortSIP's REST API reference with its OpenAPI description (versions 22.0 to
// 22.2), its pages on authentication and conventions, and its release notes up
// to 22.6. The reference's page on exclusive numbers lists, creates, reads and
// updates them; how they are destroyed ([NumbersService.Delete]) is on a page
// of its own, and in the OpenAPI description.
//
// # What to know
//
//   - Logins are few: [LoginAuth] and [SignInAuth] share one token, renew it, and
//     never try again after a refusal, since a PBX blocks addresses that do.
//   - A PBX signs its certificate itself unless it was given another:
//     [TrustPool] and [TrustFingerprint].
//   - Users need the permission PhoneSystem.FullAccess since version 22.3, and
//     belong to one tenant. A system administrator sees no numbers before he has
//     switched to a tenant, which is a state of his session at the PBX and not
//     offered here: use one user, and one client, for each tenant.
//   - There are only GET and POST: an update is a POST to the number, destroying
//     it a POST to …/destroy.
//   - PortSIP leaves open what an update does with a field that is not sent.
//     Update sends what it is given, and may enable a disabled number so; Modify
//     reads first and sends everything.
//   - PortSIP leaves open whether a number may be registered twice. A
//     registration is sent at most once; an unclear answer is
//     numbers.ErrOutcomeUnknown.
//   - Create answers an id; CreateAndGet reads the number back.
//   - The id "export" would be the path of the export, and is refused. Deleting
//     many, or registering many at once, is not in the API.
//   - The list documents no parameters, unlike PortSIP's other lists. None is
//     sent unless asked for; All pages where the count says that there is more.
//   - Blank fields come as null, as "", or not at all; all three are read, and
//     written again as they were.
//   - An error is told by its code first: a bad password is an HTTP 400.
package exclusive
