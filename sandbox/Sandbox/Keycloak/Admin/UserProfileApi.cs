using Sandbox.Keycloak.Http;

namespace Sandbox.Keycloak.Admin;

/// <summary>The declarative user profile: <c>/admin/realms/{realm}/users/profile</c>.</summary>
internal static class UserProfileApi
{
    public static void MapUserProfile(this IEndpointRouteBuilder app)
    {
        app.MapGet("/admin/realms/{realm}/users/profile", Get);
        app.MapPut("/admin/realms/{realm}/users/profile", UpdateAsync);
    }

    private static IResult Get(AdminRequest request)
    {
        request.RequireAnyRole("view-realm", "manage-realm", "view-users", "manage-users");
        return KeycloakJson.Ok(request.Realm.UserProfile.ToObject());
    }

    private static async Task<IResult> UpdateAsync(AdminRequest request)
    {
        request.RequireAnyRole("manage-realm");
        var profile = await request.ReadAsync("UPConfig");
        UserProfileRules.Check(profile);
        request.ChangeRealm(realm => realm with { UserProfile = UserProfileRules.Normalize(profile) });
        return KeycloakJson.Plain(UserProfileRules.Normalize(profile).ToObject());
    }
}
