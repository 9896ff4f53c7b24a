/** Errors that etcd gives to requests about members, users and versions; texts and codes are those of rpctypes. */
import { CODE, illegal, refused } from './entry.js';

const { invalidArgument, notFound, failedPrecondition, permissionDenied, unauthenticated } = CODE;

export const ADMIN_ERRORS = {
  memberExists: refused(
    'memberExists',
    failedPrecondition,
    'etcdserver: member ID already exist',
    'A member with that id is in the cluster.',
  ),
  peerUrlExists: refused(
    'peerUrlExists',
    failedPrecondition,
    'etcdserver: Peer URLs already exists',
    'A member with that peer URL is in the cluster.',
  ),
  memberNotEnoughStarted: refused(
    'memberNotEnoughStarted',
    // A bug in etcd: it keeps its code for this error internal.
    CODE.unknown,
    'etcdserver: re-configuration failed due to not enough started members',
    'The change would leave too few started members.',
  ),
  memberBadUrls: illegal(
    'memberBadUrls',
    invalidArgument,
    'etcdserver: given member URLs are invalid',
    'A peer URL cannot be parsed.',
  ),
  memberNotFound: refused(
    'memberNotFound',
    notFound,
    'etcdserver: member not found',
    'No member has that id.',
  ),
  memberNotLearner: refused(
    'memberNotLearner',
    failedPrecondition,
    'etcdserver: can only promote a learner member',
    'The member to promote already votes.',
  ),
  learnerNotReady: refused(
    'learnerNotReady',
    failedPrecondition,
    'etcdserver: can only promote a learner member which is in sync with leader',
    'The learner is too far behind to be promoted.',
  ),
  tooManyLearners: refused(
    'tooManyLearners',
    failedPrecondition,
    'etcdserver: too many learner members in cluster',
    'The cluster already has the maximum number of learners.',
  ),
  clusterIdMismatch: refused(
    'clusterIdMismatch',
    failedPrecondition,
    'etcdserver: cluster ID mismatch',
    'The request is for another cluster.',
  ),
  notSupportedForLearner: refused(
    'notSupportedForLearner',
    failedPrecondition,
    'etcdserver: rpc not supported for learner',
    'The member is a learner and does not serve this.',
  ),
  badLeaderTransferee: refused(
    'badLeaderTransferee',
    failedPrecondition,
    'etcdserver: bad leader transferee',
    'That member cannot become the leader.',
  ),
  rootUserNotExist: refused(
    'rootUserNotExist',
    failedPrecondition,
    'etcdserver: root user does not exist',
    'Authentication cannot be enabled without the user root.',
  ),
  rootRoleNotExist: refused(
    'rootRoleNotExist',
    failedPrecondition,
    'etcdserver: root user does not have root role',
    'Authentication cannot be enabled before root has the role root.',
  ),
  userAlreadyExists: refused(
    'userAlreadyExists',
    failedPrecondition,
    'etcdserver: user name already exists',
    'The user exists.',
  ),
  userEmpty: illegal(
    'userEmpty',
    invalidArgument,
    'etcdserver: user name is empty',
    'The request has no user name, or the call has no user.',
  ),
  userNotFound: refused(
    'userNotFound',
    failedPrecondition,
    'etcdserver: user name not found',
    'No such user.',
  ),
  roleAlreadyExists: refused(
    'roleAlreadyExists',
    failedPrecondition,
    'etcdserver: role name already exists',
    'The role exists.',
  ),
  roleNotFound: refused(
    'roleNotFound',
    failedPrecondition,
    'etcdserver: role name not found',
    'No such role.',
  ),
  roleEmpty: illegal(
    'roleEmpty',
    invalidArgument,
    'etcdserver: role name is empty',
    'No role name is given.',
  ),
  authFailed: refused(
    'authFailed',
    invalidArgument,
    'etcdserver: authentication failed, invalid user ID or password',
    'Name or password is wrong.',
  ),
  permissionNotGiven: illegal(
    'permissionNotGiven',
    invalidArgument,
    'etcdserver: permission not given',
    'A grant without a permission.',
  ),
  permissionDenied: refused(
    'permissionDenied',
    permissionDenied,
    'etcdserver: permission denied',
    'The user does not have the permission.',
  ),
  roleNotGranted: refused(
    'roleNotGranted',
    failedPrecondition,
    'etcdserver: role is not granted to the user',
    'The user does not have the role to be taken away.',
  ),
  permissionNotGranted: refused(
    'permissionNotGranted',
    failedPrecondition,
    'etcdserver: permission is not granted to the role',
    'The role does not have the permission to be taken away.',
  ),
  authNotEnabled: refused(
    'authNotEnabled',
    failedPrecondition,
    'etcdserver: authentication is not enabled',
    'A token was requested while authentication is off.',
  ),
  invalidAuthToken: refused(
    'invalidAuthToken',
    unauthenticated,
    'etcdserver: invalid auth token',
    'The token is unknown or has expired.',
  ),
  invalidAuthManagement: refused(
    'invalidAuthManagement',
    invalidArgument,
    'etcdserver: invalid auth management',
    'The change would take the role root from the user root.',
  ),
  authOldRevision: refused(
    'authOldRevision',
    invalidArgument,
    'etcdserver: revision of auth store is old',
    'Users or roles changed after the token was issued.',
  ),
  wrongDowngradeVersionFormat: illegal(
    'wrongDowngradeVersionFormat',
    invalidArgument,
    'etcdserver: wrong downgrade target version format',
    'The target version cannot be parsed.',
  ),
  invalidDowngradeTargetVersion: refused(
    'invalidDowngradeTargetVersion',
    invalidArgument,
    'etcdserver: invalid downgrade target version',
    'Only the previous minor version can be the target.',
  ),
  clusterVersionUnavailable: refused(
    'clusterVersionUnavailable',
    failedPrecondition,
    'etcdserver: cluster version not found during downgrade',
    'The cluster has not agreed on a version yet.',
  ),
  downgradeInProcess: refused(
    'downgradeInProcess',
    failedPrecondition,
    'etcdserver: cluster has a downgrade job in progress',
    'Another downgrade is in progress.',
  ),
  unknownDowngradeAction: illegal(
    'unknownDowngradeAction',
    CODE.unknown,
    'etcdserver: unknown method',
    'The request has an unknown downgrade action.',
  ),
  noInflightDowngrade: refused(
    'noInflightDowngrade',
    failedPrecondition,
    'etcdserver: no inflight downgrade job',
    'There is no downgrade to cancel.',
  ),
} as const;
