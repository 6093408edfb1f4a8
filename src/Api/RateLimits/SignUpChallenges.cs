using ControlPlane;

namespace Api.RateLimits;

/// <summary>Issues proofs of work and requires their solution, as <c>SIGNUP_CHALLENGE</c> says.</summary>
public sealed class SignUpChallenges(SignUpChallengeOptions options, IRateCounter counter, TimeProvider time)
{
    public const string Header = "Altcha";

    private const string Instruction =
        $"Get a challenge (GET /leads/challenge), solve it by the ALTCHA protocol, and send the same request with the "
        + $"solution in the header {Header}.";

    /// <exception cref="ControlPlaneException"><c>not_found</c>: no sign-up needs a proof of work.</exception>
    public AltchaChallenge Create() => options.Keys is { } keys
        ? AltchaChallenge.Create(keys, options.MaxNumber, time.GetUtcNow() + options.Lifetime)
        : throw new ControlPlaneException(ErrorCode.NotFound,
            "There is no challenge: sign-ups need none (SIGNUP_CHALLENGE is off).");

    /// <exception cref="ControlPlaneException">
    /// <c>challenge_required</c>: a solution is required and missing, or the sent one is wrong, expired or used.
    /// </exception>
    public async ValueTask RequireSolutionAsync(
        HttpContext context, bool isUnderPressure, CancellationToken cancellationToken)
    {
        if (options.Keys is not { } keys || (options.Mode == ChallengeMode.UnderPressure && !isUnderPressure))
        {
            return;
        }

        if (context.Request.Headers[Header] is not [{ Length: > 0 } text])
        {
            throw Required("A sign-up needs a proof of work at the moment.");
        }

        if (AltchaSolution.Find(text) is not { } solution || !solution.IsGenuine(keys))
        {
            throw Required($"The header {Header} holds no solution of a challenge of ours.");
        }

        if (solution.IsExpired(time.GetUtcNow()))
        {
            throw Required($"The challenge whose solution is in the header {Header} has expired.");
        }

        var uses = await counter.AddAsync($"altcha:{solution.Challenge}", options.Lifetime, cancellationToken);
        if (uses.Count > 1)
        {
            throw Required($"The solution in the header {Header} was used already; each is good for one sign-up.");
        }
    }

    private static ControlPlaneException Required(string reason) =>
        new(ErrorCode.ChallengeRequired, $"{reason} {Instruction}");
}
