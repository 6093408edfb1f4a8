using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Oidc;

/// <summary>PKCE (RFC 7636): a code can be redeemed only with the verifier of its request.</summary>
internal static partial class Pkce
{
    /// <summary>Returns the error in the challenge of the request, or null if it is valid.</summary>
    public static string? ValidateChallenge(Client client, AuthorizationRequest request)
    {
        if (client.RequiredChallenge is { } required)
        {
            if (request.ChallengeMethod is null)
                return "Missing parameter: code_challenge_method";
            if (request.ChallengeMethod != required)
                return "Invalid parameter: code challenge method is not matching the configured one";
            if (request.Challenge is null)
                return "Missing parameter: code_challenge";
        }
        if (request.Challenge is null)
            return request.ChallengeMethod is null ? null : "Missing parameter: code_challenge";
        if (request.ChallengeMethod is not (null or "S256" or "plain"))
            return "Invalid parameter: code_challenge_method";
        return VerifierPattern().IsMatch(request.Challenge) ? null : "Invalid parameter: code_challenge";
    }

    /// <summary>Returns the error in the verifier for the challenge of the request, or null if it matches.</summary>
    public static string? ValidateVerifier(AuthorizationRequest request, string verifier)
    {
        if (request.Challenge is null)
        {
            return verifier.Length == 0
                ? null : "PKCE code verifier specified but challenge not present in authorization";
        }
        if (verifier.Length == 0)
            return "PKCE code verifier not specified";
        if (!VerifierPattern().IsMatch(verifier))
            return "PKCE verification failed: Invalid code verifier";
        var derived = request.ChallengeMethod == "S256"
            ? Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))
            : verifier;
        return derived == request.Challenge ? null : "PKCE verification failed: Code mismatch";
    }

    [GeneratedRegex(@"^[0-9a-zA-Z\-._~]{43,128}$")]
    private static partial Regex VerifierPattern();
}
