namespace Sandbox.Tests.Keycloak;

/// <summary>Realm representations for tests.</summary>
internal static class TestRealms
{
    public const string Password = "a-long-password";

    public const string RedirectUri = "https://app.example/callback";

    private const string Mapper = """
        {"name":"NAME","protocol":"openid-connect","protocolMapper":"oidc-usermodel-attribute-mapper","config":{
          "user.attribute":"NAME","claim.name":"NAME","jsonType.label":"String","id.token.claim":"true",
          "access.token.claim":"true","userinfo.token.claim":"true","introspection.token.claim":"true"}}
        """;

    private const string Profile = """
        {\"attributes\":[{\"name\":\"username\",\"validations\":{\"length\":{\"min\":3,\"max\":255}},
        \"permissions\":{\"view\":[\"admin\",\"user\"],\"edit\":[\"admin\",\"user\"]}},
        {\"name\":\"email\",\"validations\":{\"email\":{}},\"required\":{\"roles\":[\"user\"]},
        \"permissions\":{\"view\":[\"admin\",\"user\"],\"edit\":[\"admin\",\"user\"]}},
        {\"name\":\"firstName\",\"required\":{\"roles\":[\"user\"]},
        \"permissions\":{\"view\":[\"admin\",\"user\"],\"edit\":[\"admin\",\"user\"]}},
        {\"name\":\"lastName\",\"required\":{\"roles\":[\"user\"]},
        \"permissions\":{\"view\":[\"admin\",\"user\"],\"edit\":[\"admin\",\"user\"]}},
        {\"name\":\"tenantId\",\"permissions\":{\"view\":[\"admin\"],\"edit\":[\"admin\"]}},
        {\"name\":\"role\",\"permissions\":{\"view\":[\"admin\"],\"edit\":[\"admin\"]}}]}
        """;

    /// <summary>
    /// A tenant's realm: the application (code with PKCE), a client with direct access grants, a profile with tenantId
    /// and role, the administrator alice, and users who cannot log in.
    /// </summary>
    public static string WithApplication { get; } = """
        {"realm":"{0}","enabled":true,"displayName":"Acme","passwordPolicy":"length(12)",
         "attributes":{"tenantId":"t-1"},
         "clients":[
          {"clientId":"app","protocol":"openid-connect","enabled":true,"publicClient":true,"standardFlowEnabled":true,
           "directAccessGrantsEnabled":false,
           "redirectUris":["https://app.example/*"],"webOrigins":["https://app.example"],
           "attributes":{"pkce.code.challenge.method":"S256"},"protocolMappers":MAPPERS},
          {"clientId":"direct","enabled":true,"publicClient":true,"directAccessGrantsEnabled":true,
           "protocolMappers":MAPPERS}],
         "components":{"org.keycloak.userprofile.UserProfileProvider":[
          {"providerId":"declarative-user-profile","subComponents":{},
           "config":{"kc.user.profile.config":["PROFILE"]}}]},
         "users":[
          {"username":"alice","email":"alice@app.example","firstName":"A","lastName":"L","enabled":true,
           "attributes":{"tenantId":["t-1"],"role":["admin"]},"clientRoles":{"realm-management":["realm-admin"]},
           "credentials":[{"type":"password","value":"SECRET"}]},
          {"username":"temporary","email":"temporary@app.example","firstName":"T","lastName":"T","enabled":true,
           "requiredActions":["UPDATE_PASSWORD"],"credentials":[{"type":"password","value":"SECRET"}]},
          {"username":"nameless","enabled":true,"credentials":[{"type":"password","value":"SECRET"}]},
          {"username":"disabled","email":"disabled@app.example","firstName":"D","lastName":"D","enabled":false,
           "credentials":[{"type":"password","value":"SECRET"}]}]}
        """
        .Replace("MAPPERS", $"[{MapperOf("tenantId")},{MapperOf("role")}]", StringComparison.Ordinal)
        .Replace("PROFILE", Profile.ReplaceLineEndings(""), StringComparison.Ordinal)
        .Replace("SECRET", Password, StringComparison.Ordinal);

    /// <summary>
    /// The API "api" and the service "service" with secrets, the public client "app" whose tokens name the API as
    /// audience, the public client "other" whose tokens do not, and the user alice, who may take offline tokens.
    /// </summary>
    public static string WithApi { get; } = """
        {"realm":"{0}","enabled":true,
         "clients":[
          {"clientId":"api","enabled":true,"secret":"SECRET","directAccessGrantsEnabled":true},
          {"clientId":"service","enabled":true,"secret":"SECRET","serviceAccountsEnabled":true},
          {"clientId":"other","enabled":true,"publicClient":true,"directAccessGrantsEnabled":true},
          {"clientId":"app","enabled":true,"publicClient":true,"directAccessGrantsEnabled":true,
           "protocolMappers":[{"name":"audience","protocol":"openid-connect",
            "protocolMapper":"oidc-audience-mapper",
            "config":{"included.client.audience":"api","access.token.claim":"true"}}]}],
         "users":[
          {"username":"alice","email":"alice@app.example","firstName":"A","lastName":"L","enabled":true,
           "realmRoles":["offline_access"],"clientRoles":{"realm-management":["realm-admin"]},
           "credentials":[{"type":"password","value":"SECRET"}]}]}
        """.Replace("SECRET", Password, StringComparison.Ordinal);

    private static string MapperOf(string attribute) => Mapper.Replace("NAME", attribute, StringComparison.Ordinal);
}
