using System.Net;
using ControlPlane;
using Worker.Systems.Keycloak;

namespace Worker.Tests.Systems.Keycloak;

/// <summary>The table of Keycloak's errors: the admin API, and the token endpoint.</summary>
public sealed class KeycloakErrorsTests
{
    [Theory]
    [InlineData(401, ErrorClass.Connection, ErrorClass.Connection)]
    [InlineData(403, ErrorClass.Connection, ErrorClass.Connection)]
    [InlineData(407, ErrorClass.Connection, ErrorClass.Connection)]
    [InlineData(301, ErrorClass.Connection, ErrorClass.Connection)] // a proxy
    [InlineData(431, ErrorClass.Connection, ErrorClass.Connection)] // the token is too large
    [InlineData(502, ErrorClass.Connection, ErrorClass.Connection)]
    [InlineData(503, ErrorClass.Connection, ErrorClass.Connection)]
    [InlineData(200, ErrorClass.Temporary, ErrorClass.Temporary)]   // an unreadable body
    [InlineData(408, ErrorClass.Temporary, ErrorClass.Temporary)]
    [InlineData(409, ErrorClass.Temporary, ErrorClass.Temporary)]
    [InlineData(429, ErrorClass.Temporary, ErrorClass.Temporary)]
    [InlineData(500, ErrorClass.Temporary, ErrorClass.Temporary)]
    [InlineData(504, ErrorClass.Temporary, ErrorClass.Temporary)]
    [InlineData(400, ErrorClass.Content, ErrorClass.Connection)]    // a wrong password
    [InlineData(404, ErrorClass.Content, ErrorClass.Connection)]    // the realm of KEYCLOAK_REALM is missing
    [InlineData(405, ErrorClass.Content, ErrorClass.Connection)]
    [InlineData(413, ErrorClass.Content, ErrorClass.Connection)]
    [InlineData(422, ErrorClass.Content, ErrorClass.Connection)]
    [InlineData(501, ErrorClass.Content, ErrorClass.Connection)]
    public void Each_status_has_its_class(int status, ErrorClass admin, ErrorClass token) => Assert.Equal(
        (admin, token),
        (KeycloakErrors.Admin.Classify((HttpStatusCode)status, null),
            KeycloakErrors.Token.Classify((HttpStatusCode)status, null)));

    [Theory]
    [InlineData("Database operation failed", ErrorClass.Temporary)]
    [InlineData("Realm name can't be empty", ErrorClass.Content)]
    public void A_failure_of_Keycloaks_own_database_refuses_nothing(string reason, ErrorClass expected) =>
        Assert.Equal(expected, KeycloakErrors.Admin.Classify(HttpStatusCode.BadRequest, reason));

    [Theory]
    [InlineData(400, true)]
    [InlineData(401, true)]
    [InlineData(403, true)]
    [InlineData(404, false)]
    [InlineData(503, false)]
    public void The_token_endpoint_alone_refuses_credentials(int status, bool refuses) => Assert.Equal(
        (false, refuses),
        (KeycloakErrors.Admin.RefusesCredentials((HttpStatusCode)status),
            KeycloakErrors.Token.RefusesCredentials((HttpStatusCode)status)));
}
