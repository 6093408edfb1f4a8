namespace FunctionsHost.Http;

/// <summary>A function failed, or its answer could not be passed on. The caller gets no details.</summary>
internal sealed class InvocationFailedException(string message, Exception? cause = null) : Exception(message, cause);
